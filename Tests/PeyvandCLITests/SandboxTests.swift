import Glibc
import PeyvandTestSupport
import Testing

/// Ways out that a script may try, from outside: each is refused with the flag that would allow it where one would, the
/// process ends by itself, and no file is made or changed.
@Suite(.serialized) struct SandboxTests {
  private let scratch = ScratchFolder()
  private static let kinds = "entity customer { name: text }\n"

  init() {
    for folder in ["work", "work/inner", "work-sibling", "other"] { mkdir(scratch[folder], 0o755) }
    for place in ["work-sibling/c.csv", "other/c.csv", "c.csv", "work/c.csv"] {
      scratch.file(place, "key,name\nC-1,secret\n")
    }
    scratch.file("other/lib.pvd", "print \"secret\"\n")
    scratch.file("work/a.pvd", "use \"b.pvd\"\n")
    scratch.file("work/b.pvd", "use \"a.pvd\"\n")
    symlink(scratch["other/c.csv"], scratch["work/link.csv"])
    symlink(scratch["other"], scratch["work/folder"])
    symlink(scratch["other/new.csv"], scratch["work/dangling.csv"])
    symlink("/proc/self/environ", scratch["work/environ.csv"])
    mkfifo(scratch["work/pipe.csv"], 0o644)
  }

  /// Every file's name, kind and content.
  private func all(_ folder: String = "") -> [String] {
    TestFiles.names(in: scratch[folder]).flatMap { name -> [String] in
      let place = folder.isEmpty ? name : folder + "/" + name
      var info = stat()
      lstat(scratch[place], &info)
      switch info.st_mode & S_IFMT {
      case S_IFDIR: return [place + "/"] + all(place)
      case S_IFREG: return ["\(place): \(scratch.text(place) ?? "")"]
      default: return ["\(place): \(info.st_mode & S_IFMT)"]
      }
    }
  }

  private func run(_ statement: String, _ more: [String] = []) throws -> Product.Ended {
    scratch.file("work/p.pvd", Self.kinds + statement + "\nprint \"after\"\n")
    let before = all()
    let ended = try Product.run(["run", "work/p.pvd"] + more, in: scratch.path)
    #expect(all() == before, "\(statement) made or changed a file")
    #expect([3, 4, 5].contains(ended.code), "\(statement): \(ended.code) \(ended.errors)")
    #expect(!ended.output.contains("after"), "\(statement) was passed over")
    #expect(!(ended.output + ended.errors).contains("secret"), "\(statement) showed what it may not")
    return ended
  }

  @Test(arguments: [
    "../c.csv", "inner/../../c.csv", "/etc/hostname", "link.csv", "folder/c.csv", "../work-sibling/c.csv",
    "/proc/self/environ", "environ.csv", "/dev/zero", "/dev/stdin", "folder", "../work/../other/c.csv",
    "//etc/hostname",
  ])
  func nothingOutsideIsRead(path: String) throws {
    let ended = try run("import customer from \"\(path)\"")
    #expect(ended.errors.contains("--allow-read"), "\(ended.errors)")
  }

  @Test func whatIsNoFileIsNotRead() throws {
    // Nobody writes into the pipe: an open that waited would never end.
    #expect(try run("import customer from \"pipe.csv\"").errors.contains("pipe"))
    #expect(try run("import customer from \"inner\"").errors.contains("folder"))
    let zero = try run("import customer from \"/dev/zero\"", ["--allow-read", "/dev"])
    #expect(zero.errors.contains("device"), "\(zero.errors)")
    let proc = try run("import customer from \"/proc/self/mem\"", ["--allow-read", "/proc"])
    #expect(proc.errors.contains("error[E"), "\(proc.errors)")
  }

  @Test(arguments: [
    "out.csv", "../out.csv", "/tmp/peyvand-no-such-export.csv", "folder/out.csv",
    "../work-sibling/out.csv",
    "c.csv", "p.csv",
  ])
  func nothingIsWrittenWithoutLeave(path: String) throws {
    let ended = try run("export (customer) to \"\(path)\"")
    #expect(ended.errors.contains("--allow-write"), "\(ended.errors)")
    #expect(access("/tmp/peyvand-no-such-export.csv", F_OK) != 0)
  }

  @Test(arguments: [
    "../out.csv", "dangling.csv", "folder/out.csv", "../work-sibling/out.csv", "link.csv", "folder/c.csv",
  ])
  func leaveForOneFolderIsForNoOther(path: String) throws {
    let ended = try run("export (customer) to \"\(path)\"", ["--allow-write", "work"])
    #expect(ended.errors.contains("error[E3"), "\(ended.errors)")
  }

  @Test func rejectsAreWrittenUnderTheSameLeave() throws {
    scratch.file("work/bad.csv", "key,name\n,B\n")
    let ended = try run("import customer from \"bad.csv\" with { rejects: 100%, rejects_to: \"rejects.csv\" }")
    #expect(ended.errors.contains("--allow-write"), "\(ended.errors)")
    let outside = try run(
      "import customer from \"bad.csv\" with { rejects: 100%, rejects_to: \"../rejects.csv\" }",
      ["--allow-write", "work"])
    #expect(outside.errors.contains("--allow-write"), "\(outside.errors)")
  }

  @Test(arguments: ["../other/lib.pvd", "/etc/hostname", "folder/lib.pvd", "../work-sibling/x.pvd"])
  func nothingOutsideIsUsed(path: String) throws {
    #expect(try run("use \"\(path)\"").errors.contains("--allow-read"))
  }

  @Test func filesInACircleEnd() throws {
    let ended = try run("use \"a.pvd\"")
    #expect(ended.errors.contains("a.pvd") && ended.errors.contains("b.pvd") && ended.errors.contains("E1702"))
  }

  /// There is no word for them: an address is a name of a file like any other.
  @Test(arguments: [
    "import customer from \"http://127.0.0.1:9/c.csv\"", "import customer from \"file:///etc/hostname\"",
    "import customer from \"|cat /etc/hostname\"", "import customer from \"$HOME/c.csv\"",
    "print env(\"HOME\")", "print system(\"id\")", "print read(\"c.csv\")", "use \"http://127.0.0.1:9/x.pvd\"",
    "import customer from \"~/c.csv\"",
  ])
  func noNetworkNoProcessNoEnvironment(statement: String) throws { _ = try run(statement) }

  @Test func theStoreIsNeverWrittenOver() throws {
    scratch.file("kinds.pvd", Self.kinds + "add customer \"C-1\" { name: \"A\" }\n")
    #expect(try Product.run(["run", "kinds.pvd", "--store", "work/s.json"], in: scratch.path).code == 0)
    symlink(scratch["work/s.json"], scratch["work/alias.json"])
    let (store, journal) = (scratch.text("work/s.json"), scratch.text("work/s.json.journal"))
    func check(_ ended: Product.Ended, _ code: String) {
      #expect([3, 5].contains(ended.code) && ended.errors.contains(code), "\(ended.code): \(ended.errors)")
      #expect(scratch.text("work/s.json") == store && scratch.text("work/s.json.journal") == journal)
    }
    let leave = ["--allow-write", "work", "--store", "work/s.json"]
    for name in ["s.json", "inner/../s.json", "alias.json"] {
      scratch.file("work/p.pvd", "export (customer) to \"\(name)\"\n")
      check(try Product.run(["run", "work/p.pvd"] + leave, in: scratch.path), "E3009")
      // What is typed is leave for everything but the store itself.
      let typed = try Product.run(
        ["work/s.json", "-c", "export (customer) to \"work/\(name)\""], in: scratch.path)
      check(typed, "E3009")
    }
    scratch.file("work/p.pvd", "export (customer) to \"s.json.journal\"\n")
    check(try Product.run(["run", "work/p.pvd"] + leave, in: scratch.path), "E1715")
    scratch.file("work/bad.csv", "key,name\n,B\n")
    for name in ["s.json", "s.json.journal", "s.json.previous", "s.json.tmp", "s.json.lock"] {
      scratch.file(
        "work/p.pvd", "import customer from \"bad.csv\" with { rejects: 100%, rejects_to: \"\(name)\" }\n")
      check(try Product.run(["run", "work/p.pvd"] + leave, in: scratch.path), "E3009")
    }
  }

  @Test func namesWithANULAreNone() throws {
    // In a script a NUL is a sign like any other unknown one; an argument ends at it.
    let ended = try run("import customer from \"c.csv\u{0}.txt\"")
    #expect(ended.errors.contains("error[E"), "\(ended.errors)")
  }

  @Test func theCommandItselfKeepsToWhatItWasGiven() throws {
    scratch.file(
      "map.pvd", Self.kinds + "import customer from \"x.csv\"\nimport customer from \"../../etc/hostname\"\n")
    let before = all()
    let map = try Product.run(["import", "work/c.csv", "--map", "map.pvd"], in: scratch.path)
    #expect(map.code == 2 && map.errors.contains("E1720"), "\(map.code): \(map.errors)")
    let pipe = try Product.run(["import", "work/pipe.csv", "--preview"], in: scratch.path)
    #expect(pipe.code == 5 && pipe.errors.contains("pipe"), "\(pipe.code): \(pipe.errors)")
    let save = try Product.run(["import", "c.csv", "--preview", "--save-map", "no/such/folder.pvd"], in: scratch.path)
    #expect(save.code == 5, "\(save.code): \(save.errors)")
    #expect(all() == before)
  }
}
