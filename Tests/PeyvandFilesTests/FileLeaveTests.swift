import Glibc
import PeyvandBase
import PeyvandFiles
import PeyvandTestSupport
import Testing

@Suite("Leave to read and write")
struct FileLeaveTests {
  let place = ScratchFolder()
  let leave: FileLeave

  init() {
    place.folder("root")
    place.folder("root/in")
    place.folder("root-sibling")
    place.folder("outside")
    place.file("root/a.csv", "a")
    place.file("root/in/b.csv", "b")
    place.file("root-sibling/c.csv", "c")
    place.file("outside/d.csv", "secret")
    place.link("root/link-out.csv", to: "../outside/d.csv")
    place.link("root/folder-out", to: "../outside")
    place.link("root/link-in.csv", to: "in/b.csv")
    place.link("root/dangling.csv", to: "../outside/new.csv")
    place.link("root/circle", to: "circle")
    _ = mkfifo(place["root/pipe"], 0o644)
    leave = FileLeave(readRoots: [place["root"]], writeRoots: [place["root"]])
  }

  @Test("what lies below a root is read")
  func reads() throws {
    for path in ["a.csv", "./in/../a.csv", "in/b.csv", "link-in.csv"] {
      let text = try leave.readText(path, base: place["root"])
      #expect(text == (path.hasSuffix("a.csv") ? "a" : "b"))
    }
    #expect(try leave.readText(place["root/a.csv"]) == "a")
  }

  static let waysOut: [(String, String)] = [
    ("../outside/d.csv", "E3002"),
    ("in/../../outside/d.csv", "E3002"),
    ("@/outside/d.csv", "E3002"),
    ("../root/../outside/d.csv", "E3002"),
    ("link-out.csv", "E3002"),
    ("folder-out/d.csv", "E3002"),
    ("../root-sibling/c.csv", "E3002"),
    ("@/root-sibling/c.csv", "E3002"),
    ("@/root/../root-sibling/c.csv", "E3002"),
    ("/proc/self/environ", "E3002"),
    ("/proc/self/root/etc/passwd", "E3002"),
    ("/dev/zero", "E3002"),
    ("/dev/stdin", "E3002"),
    ("/etc/passwd", "E3002"),
    ("/no/such/file", "E3002"),
    ("../no-such.csv", "E3002"),
    ("no-such.csv", "E3001"),
    ("in/no/such.csv", "E3001"),
    ("a.csv/x", "E3001"),
    ("", "E3001"),
    ("pipe", "E3004"),
    ("in", "E3004"),
    (".", "E3004"),
    ("dangling.csv", "E3001"),
    ("circle", "E3006"),
    ("a.csv\0.png", "E3007"),
    ("\0", "E3007"),
  ]

  @Test("every way out is refused, and names path and flag", arguments: waysOut)
  func refuses(path: String, expected: String) throws {
    let path = path.hasPrefix("@") ? place.path + path.dropFirst() : path
    let diagnostic = try #require(said { () throws(Diagnostic) in _ = try leave.open(path, base: place["root"]) })
    #expect(diagnostic.code == expected)
    if expected == "E3002" {
      #expect(diagnostic.message.contains(path))
      #expect(diagnostic.notes.contains { $0.contains("--allow-read /") })
    }
  }

  @Test(
    "the same ways out are refused for writing, and nothing is made or changed",
    arguments: [
      ("../outside/new.csv", "E3003"),
      ("../outside/d.csv", "E3003"),
      ("link-out.csv", "E3003"),
      ("folder-out/new.csv", "E3003"),
      ("../root-sibling/new.csv", "E3003"),
      ("/dev/null", "E3003"),
      ("/proc/self/comm", "E3003"),
      ("in", "E3004"),
      ("pipe", "E3004"),
      ("dangling.csv", "E3004"),
      ("new/", "E3004"),
      ("in/..", "E3003"),
      ("no/folder/x.csv", "E3001"),
      ("x\0.csv", "E3007"),
      ("", "E3001"),
    ])
  func refusesWriting(path: String, expected: String) throws {
    // `in/..` is the root itself: allowed as a root, refused as a folder.
    let expected = path == "in/.." ? "E3004" : expected
    let before = place.names()
    let diagnostic = try #require(
      said { () throws(Diagnostic) in
        let file = try AtomicFile(path, base: place["root"], leave: leave)
        try file.write("overwritten")
        try file.commit()
      })
    #expect(diagnostic.code == expected)
    if expected == "E3003" { #expect(diagnostic.notes.contains { $0.contains("--allow-write /") }) }
    #expect(place.names() == before)
    #expect(place.text("outside/d.csv") == "secret")
    #expect(place.text("outside/new.csv") == nil)
  }

  @Test("without leave nothing is read or written")
  func nothing() {
    let none = FileLeave()
    #expect(code { () throws(Diagnostic) in _ = try none.open(place["root/a.csv"]) } == "E3002")
    #expect(code { () throws(Diagnostic) in _ = try AtomicFile(place["root/n"], leave: none) } == "E3003")
    let readOnly = FileLeave(readRoots: [place["root"]])
    #expect(code { () throws(Diagnostic) in _ = try AtomicFile(place["root/n"], leave: readOnly) } == "E3003")
    let writeOnly = FileLeave(writeRoots: [place["root"]])
    #expect(code { () throws(Diagnostic) in _ = try writeOnly.open(place["root/a.csv"]) } == "E3002")
  }

  @Test("a root may be a single file, a link to a folder, or missing")
  func roots() throws {
    let one = FileLeave(readRoots: [place["root/a.csv"]])
    #expect(try one.readText(place["root/a.csv"]) == "a")
    #expect(code { () throws(Diagnostic) in _ = try one.open(place["root/in/b.csv"]) } == "E3002")
    let linked = FileLeave(readRoots: [place["root/folder-out"]])
    #expect(try linked.readText(place["outside/d.csv"]) == "secret")
    let missing = FileLeave(readRoots: [place["no-such-folder"], ""])
    #expect(code { () throws(Diagnostic) in _ = try missing.open(place["root/a.csv"]) } == "E3002")
    let all = FileLeave(readRoots: ["/"])
    #expect(try all.readText(place["root/a.csv"]) == "a")
  }

  @Test("two spellings of one letter are two folders")
  func spellings() {
    let composed = "caf\u{E9}"
    let decomposed = "cafe\u{301}"
    place.folder(composed)
    place.folder(decomposed)
    place.file(decomposed + "/x", "x")
    let narrow = FileLeave(readRoots: [place.path + "/" + composed])
    #expect(code { () throws(Diagnostic) in _ = try narrow.open(place.path + "/" + decomposed + "/x") } == "E3002")
  }

  @Test("with everything allowed a device, a pipe and a folder are still no files")
  func everything() {
    for path in ["/dev/zero", "/dev/null", place["root/pipe"], place["root"], "/"] {
      #expect(code { () throws(Diagnostic) in _ = try FileLeave.everything.open(path) } == "E3004")
    }
  }

  @Test("an export does not write the open store or what stands beside it")
  func openStore() throws {
    place.file("root/company.json", "{}")
    place.link("root/alias.json", to: "company.json")
    var guarded = FileLeave(everything: true, openStores: [place["root/company.json"]])
    for name in [
      "company.json", "company.json.journal", "company.json.lock", "company.json.previous",
      "company.json.tmp", "alias.json", "in/../company.json",
    ] {
      #expect(code { () throws(Diagnostic) in _ = try AtomicFile(place["root/" + name], leave: guarded) } == "E3009")
    }
    guarded.openStores = []
    _ = try AtomicFile(place["root/company.json"], leave: guarded)
    #expect(place.text("root/company.json") == "{}")
  }

  @Test("what is swapped for a link after the check is not followed")
  func swapped() throws {
    let resolved = try leave.resolveForReading("in/b.csv", base: place["root"])
    #expect(resolved == place["root/in/b.csv"])
    _ = rename(place["root/in"], place["root/was-in"])
    place.link("root/in", to: "../outside")
    place.file("outside/b.csv", "other")
    // The second half of `open`, as it runs after a check that saw the folder.
    let folder = place["root/in"]
    for writing in [false, true] {
      let walked = said { () throws(Diagnostic) in
        _ = try FileLeave.walk(to: folder, shown: "in/b.csv", listing: writing, writing: writing)
      }
      #expect(walked?.code == (writing ? "E3003" : "E3002"))
    }
    #expect(code { () throws(Diagnostic) in _ = try leave.open("in/b.csv", base: place["root"]) } == "E3002")
  }
}
