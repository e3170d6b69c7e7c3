import Glibc
import PeyvandTestSupport
import Testing

/// `peyvand import` at a terminal: it shows, asks what the files leave open, and does nothing without a yes.
@Suite(.serialized) struct ImportCommandTests {
  private let scratch = ScratchFolder()

  private func start(_ arguments: [String], columns: UInt16 = 80) throws -> Terminal {
    try Terminal(["import"] + arguments + ["--store", scratch["c.json"]], history: "", columns: columns)
  }

  private func count(_ kind: String) throws -> String {
    try Product.run([scratch["c.json"], "-c", "count(\(kind))"]).output
  }

  @Test func nothingIsImportedWithoutAYes() throws {
    scratch.file("customers.csv", "id,name\nC-1,Alborz\nC-2,Karun\n")
    let terminal = try start([scratch["customers.csv"]])
    try terminal.expect("customer (entity, new")
    try terminal.expect("2 new, 0 changed, 0 rejected")
    try terminal.expect("import? [y/N] ")
    terminal.type("\r")
    try terminal.expect("nothing was imported")
    #expect(terminal.end() == 0)
    #expect(TestFiles.names(in: scratch.path) == ["customers.csv"])
    let again = try start([scratch["customers.csv"]])
    try again.expect("import? [y/N] ")
    again.type("y\r")
    try again.expect("customer: 2 new")
    #expect(again.end() == 0)
    #expect(try count("customer") == "2\n")
  }

  @Test(arguments: [
    ("Telco-Customer-Churn.csv", "customerID,gender,tenure\nC-1,f,3\nC-2,m,4\n"),
    ("orders.csv", "OrderID,Product,OrderDate\n1,A,2024-01-01\n1,B,2024-01-01\n2,A,2024-01-02\n"),
    (
      "customer_support_tickets.csv", "Ticket ID,Customer Name,Opened\n1,A,2024-01-01\n2,B,2024-01-02\n3,A,2024-01-02\n"
    ),
    ("customers_export.csv", "customer_id,name,city\nC-1,Alborz,Rey\nC-2,Karun,Ahvaz\n"),
    ("sales_pipeline.csv", "opportunity_id,account,close_date\nO-1,A,2024-01-01\nO-2,A,2024-01-02\n"),
  ]) func theSameFileAgainChangesNothing(name: String, text: String) throws {
    scratch.file(name, text)
    let first = try Product.run(["import", scratch[name], "--yes", "--store", scratch["c.json"]])
    #expect(first.code == 0)
    let again = try Product.run(["import", scratch[name], "--yes", "--store", scratch["c.json"]])
    #expect(again.code == 0)
    #expect((again.output + again.errors).contains(": 0 new"), "\(again.output)\(again.errors)")
  }

  @Test func anotherExportOfTheSameIsOfTheSameKind() throws {
    scratch.file("Telco-Customer-Churn.csv", "customerID,gender,tenure\nC-1,f,3\nC-2,m,4\n")
    scratch.file("churn-new.csv", "customerID,gender,tenure\nC-2,m,4\nC-3,m,1\n")
    for name in ["Telco-Customer-Churn.csv", "churn-new.csv"] {
      #expect(try Product.run(["import", scratch[name], "--yes", "--store", scratch["c.json"]]).code == 0)
    }
    #expect(try count("customer") == "3\n")
  }

  @Test func duplicatesAreOnlyDeniedWhereTheyWereLookedFor() throws {
    scratch.file("visits.csv", "place,day\nRey,2024-01-01\nRey,2024-01-01\nAhvaz,2024-01-02\n")
    let preview = try Product.run(["import", scratch["visits.csv"], "--preview", "--store", scratch["c.json"]])
    #expect(preview.output.contains("duplicates  1 row is the same as another, cell for cell"))
  }

  @Test func interruptedAtTheQuestionNothingIsImported() throws {
    scratch.file("customers.csv", "id,name\nC-1,Alborz\n")
    let terminal = try start([scratch["customers.csv"]])
    try terminal.expect("import? [y/N] ")
    terminal.type("\u{3}")
    #expect(terminal.end() == 130)
    #expect(TestFiles.names(in: scratch.path) == ["customers.csv"])
  }

  @Test func whatTheFilesLeaveOpenIsAsked() throws {
    scratch.file("products.csv", "product,price\nGTX Pro,3\nMG,4\nAB,5\n")
    scratch.file(
      "sales.csv", "sale_id,product,sold\n1,GTXPro,01-03-24\n2,MG,02-03-24\n3,GTXPro,03-04-24\n4,AB,04-04-24\n")
    let terminal = try start([scratch["products.csv"], scratch["sales.csv"]])
    try terminal.expect("E2210")
    try terminal.expect("or YY-MM-DD? ")
    terminal.type("dd-mm-yy\r")
    try terminal.expect("read \"GTXPro\" as \"GTX Pro\" (2 rows)? [y/N] ")
    terminal.type("y\r")
    try terminal.expect("4 new, 0 changed, 0 rejected")
    try terminal.expect("import? [y/N] ")
    terminal.type("yes\r")
    try terminal.expect("sale: 4 new")
    #expect(terminal.end() == 0)
    let answer = try Product.run(
      [scratch["c.json"], "-c", "sale | select key, product, at", "--as-of", "2024-12-31"])
    #expect(
      answer.output
        == "key\tproduct\tat\n1\tGTX Pro\t2024-03-01\n2\tMG\t2024-03-02\n3\tGTX Pro\t2024-04-03\n4\tAB\t2024-04-04\n")
  }

  @Test(arguments: [UInt16(60), 80, 120]) func linesKeepToTheTerminal(columns: UInt16) throws {
    let wide = (1...30).map { "ستون \($0)" }.joined(separator: ",")
    let cells = (1...30).map { "مقدار‌های \($0) بسیار بلند برای یک خانه" }.joined(separator: ",")
    scratch.file("data.csv", "شناسه,\(wide)\nم-۱,\(cells)\nم-۲,\(cells)\n")
    let terminal = try start([scratch["data.csv"], "--preview"], columns: columns)
    #expect(terminal.end() == 0)
    let preview = terminal.seen.split(separator: "What would run")[0]
    #expect(preview.contains("م-۱"))
    for line in preview.split(separator: "\r\n") {
      let width = line.unicodeScalars.reduce(0) { total, scalar in
        switch scalar.properties.generalCategory {
        case .format, .nonspacingMark: total
        default: total + 1
        }
      }
      #expect(width <= Int(columns), "\(line)")
    }
  }

  @Test func namesFromTheFileCommandNoTerminal() throws {
    scratch.file("a.csv", "id,\u{1B}]0;x\u{7}name,\u{202E}rlo\n1,\u{1B}[2J,\u{9B}31m\n2,a\u{8}b,\u{202E}z\n")
    let terminal = try start([scratch["a.csv"], "--preview"])
    #expect(terminal.end() == 0)
    for forbidden in ["\u{1B}]0", "\u{1B}[2J", "\u{9B}", "\u{202E}", "\u{8}"] {
      #expect(!terminal.seen.contains(forbidden), "\(forbidden.debugDescription)")
    }
  }

  @Test func aFileThatTakesItsTimeShowsABar() throws {
    // Sixteen million bytes; a debug build takes some seconds over them.
    var text = "id,name,amount,day\n"
    for row in 0..<400_000 { text += "K-\(row),a customer of some name,\(row),2024-01-01\n" }
    scratch.file("big.csv", text)
    let terminal = try start([scratch["big.csv"], "--yes"])
    let code = terminal.end(seconds: 120)
    #expect(code == 0)
    #expect(terminal.seen.contains("█") && terminal.seen.contains("MiB"))
    // The bar goes before anything is said.
    #expect(terminal.seen.contains("\u{1B}[K"))
    let last = terminal.seen.split(separator: "\r").last { $0.contains("400000 new") }
    #expect(last?.contains("MiB") == false, "\(terminal.seen.suffix(300).debugDescription)")
    let quiet = try Product.run(["import", scratch["big.csv"], "--store", scratch["quiet.json"]])
    #expect(quiet.code == 0 && !quiet.errors.contains("█"), "\(quiet.errors)")
  }

  private func run(_ arguments: [String]) throws -> Product.Ended {
    try Product.run(["import"] + arguments, in: scratch.path)
  }

  @Test func savedStatementsOverwriteNoData() throws {
    scratch.file("c.csv", "id,name\nC-1,Alborz\n")
    #expect(try run(["c.csv", "--preview", "--save-map", "c.csv"]).code == 2)
    #expect(try run(["c.csv", "--preview", "--save-map", "other.json"]).code == 2)
    scratch.file("c.pvd", "id,name\nC-1,Alborz\n")
    #expect(try run(["c.pvd", "--preview", "--save-map", "c.pvd"]).code == 2)
    let again = try run(["c.pvd", "--preview", "--save-map", "./c.pvd"])
    #expect(again.code != 0 && again.errors.contains("E2281"), "\(again.errors)")
    #expect(TestFiles.text(of: scratch["c.pvd"]) == "id,name\nC-1,Alborz\n")
    let saved = try run(["c.csv", "--preview", "--save-map", "map.pvd"])
    #expect(saved.code == 0 && !saved.errors.contains("nothing was touched"), "\(saved.errors)")
  }

  @Test(arguments: [
    ["--preview"], ["--yes"], ["--mend"], ["--add-fields"], ["--key", "id"], ["--save-map", "m.pvd"],
    ["--missing", "keep"],
    ["--dates", "DD/MM/YYYY"], ["--table", "x"],
  ])
  func takingBackGoesWithNothingElse(flags: [String]) throws {
    scratch.file("c.csv", "id,name\nC-1,Alborz\n")
    #expect(try run(["c.csv", "--store", "c.json"]).code == 0)
    let ended = try run(["--undo", "1", "--store", "c.json"] + flags)
    #expect(ended.code == 2 && ended.errors.contains("--undo"), "\(ended.errors)")
    #expect(try count("customer") == "1\n" || count("c") == "1\n")
    #expect(try run(["--undo", "-1", "--store", "c.json"]).errors.contains("this was '-1'"))
  }

  @Test func filesOfOneNameKeepTheirRejects() throws {
    scratch.folder("a")
    scratch.folder("b")
    scratch.folder("out")
    scratch.file("k.pvd", "entity customer { since: date }\n")
    #expect(try Product.run(["run", "k.pvd", "--store", "c.json"], in: scratch.path).code == 0)
    scratch.file("a/c.csv", "id,since\nC-1,2024-01-01\nC-2,2024-02-31\n")
    scratch.file("b/c.csv", "id,since\nC-3,2024-01-01\nC-4,2024-02-30\n")
    let both = ["a/c.csv", "b/c.csv", "--as", "customer", "--store", "c.json", "--allow-rejects", "50%"]
    #expect(try run(both).code == 6)
    #expect(TestFiles.text(of: scratch["c.rejects.csv"])?.contains("C-2") == true)
    #expect(TestFiles.text(of: scratch["c.rejects-2.csv"])?.contains("C-4") == true)
    // The same again is there already; what somebody is mending stays as it is.
    #expect(try run(both).code == 6)
    #expect(!TestFiles.names(in: scratch.path).contains("c.rejects-3.csv"))
    scratch.file("c.rejects.csv", "id,since\nC-2,2024-02-29\n")
    let third = try run(both)
    #expect(third.code == 6 && third.errors.contains("c.rejects-3.csv"), "\(third.errors)")
    #expect(TestFiles.text(of: scratch["c.rejects.csv"]) == "id,since\nC-2,2024-02-29\n")
    #expect(TestFiles.text(of: scratch["c.rejects-3.csv"])?.contains("C-2") == true)
    #expect(try run(both + ["--rejects", "out"]).code == 6)
    #expect(TestFiles.text(of: scratch["out/c.rejects.csv"])?.contains("C-2") == true)
    #expect(TestFiles.text(of: scratch["out/c.rejects-2.csv"])?.contains("C-4") == true)
  }

  @Test func aMapWritesRejectsWhereTheProgramSays() throws {
    scratch.folder("maps")
    scratch.file("maps/k.pvd", "entity customer { since: date }\nimport customer from \"x.csv\" key id\n")
    scratch.file("c.csv", "id,since\nC-1,2024-01-01\nC-2,2024-02-31\n")
    let flags = ["c.csv", "--map", "maps/k.pvd", "--store", "c.json", "--allow-rejects", "50%"]
    let beside = try run(flags)
    #expect(beside.code == 6, "\(beside.errors)")
    #expect(TestFiles.text(of: scratch["c.rejects.csv"])?.contains("C-2") == true)
    let named = try run(flags + ["--rejects", "mine.csv"])
    #expect(named.code == 6, "\(named.errors)")
    #expect(TestFiles.text(of: scratch["mine.csv"])?.contains("C-2") == true)
    // What the map itself names is still only what it was given.
    scratch.file(
      "maps/k.pvd", "import customer from \"x.csv\" key id with { rejects: 50%, rejects_to: \"../theirs.csv\" }\n")
    #expect(try run(flags).errors.contains("E3003"))
  }

  @Test func ofSeveralFilesAllAreImportedOrNone() throws {
    scratch.file("customers.csv", "id,name\nC-1,Alborz\n")
    scratch.file("visits.csv", "visit_id,customer_id,date\n1,C-1,2024-01-01\n2,C-1,2024-01-02\n3,C-9,2024-01-03\n")
    scratch.file("calls.csv", "call_id,customer_id,date\n1,C-1,2024-01-01\n2,C-8,2024-01-02\n3,C-1,2024-01-03\n")
    let files = ["customers.csv", "visits.csv", "calls.csv", "--store", "c.json"]
    let ended = try run(files)
    #expect(ended.code == 4, "\(ended.errors)")
    #expect(!ended.errors.contains("customer: 1 new"), "\(ended.errors)")
    #expect(ended.errors.contains("nothing was imported, 'customers.csv' neither"), "\(ended.errors)")
    // What is to be mended is there of every file, and nothing but it.
    #expect(TestFiles.text(of: scratch["visits.rejects.csv"])?.split(separator: "\n").count == 2)
    #expect(TestFiles.text(of: scratch["calls.rejects.csv"])?.split(separator: "\n").count == 2)
    #expect(!TestFiles.names(in: scratch.path).contains("c.json"))
    let within = try run(files + ["--allow-rejects", "40%"])
    #expect(within.code == 6, "\(within.errors)")
    #expect(try count("customer") == "1\n")
    #expect(try count("visit") == "2\n")
    // Each of them is an import of its own, to be taken back by itself.
    #expect(try run(["--undo", "3", "--store", "c.json"]).code == 0)
    #expect(try count("call") == "0\n")
    #expect(try count("visit") == "2\n")
  }

  @Test func filesOfOneNameInTwoFoldersAreTwoSources() throws {
    scratch.folder("a")
    scratch.folder("b")
    scratch.file("k.pvd", "event note { text: text }\nentity place { name: text }\n")
    #expect(try Product.run(["run", "k.pvd", "--store", "c.json"], in: scratch.path).code == 0)
    // Rows without a key that read alike are two, where they stand in two files.
    scratch.file("a/note.csv", "text\nsame\nsame\n")
    scratch.file("b/note.csv", "text\nsame\nsame\n")
    for _ in 1...2 {
      for file in ["a/note.csv", "b/note.csv"] {
        #expect(try run([file, "--as", "note", "--store", "c.json"]).code == 0)
      }
    }
    #expect(try count("note") == "4\n")
    // What one of them no longer names is not sought in the other.
    scratch.file("a/p.csv", "key,name\nP-1,Rey\nP-2,Ahvaz\n")
    scratch.file("b/p.csv", "key,name\nP-3,Yazd\n")
    let gone = ["--as", "place", "--missing", "remove", "--store", "c.json"]
    #expect(try run(["a/p.csv"] + gone).code == 0)
    #expect(try run(["b/p.csv"] + gone).code == 0)
    #expect(try count("place") == "3\n")
    let listed = try Product.run(["imports", "c.json"], in: scratch.path)
    #expect(listed.output.contains("a/p.csv") && listed.output.contains("b/p.csv"), "\(listed.output)")
    // Said to be one, they are one.
    scratch.file("b/q.csv", "key,name\nP-2,Ahvaz\n")
    #expect(try run(["a/p.csv"] + gone + ["--source", "places"]).code == 0)
    scratch.file("a/r.csv", "key,name\nP-9,Kish\nP-8,Qom\n")
    #expect(try run(["a/r.csv"] + gone + ["--source", "more"]).code == 0)
    scratch.file("b/q.csv", "key,name\nP-8,Qom\n")
    #expect(try run(["b/q.csv"] + gone + ["--source", "more"]).code == 0)
    #expect(try count("place") == "4\n")
  }

  @Test func aStoreThatKnowsABareNameGoesOnWithIt() throws {
    scratch.folder("a")
    scratch.file("k.pvd", "event note { text: text }\n")
    #expect(try Product.run(["run", "k.pvd", "--store", "c.json"], in: scratch.path).code == 0)
    scratch.file("a/note.csv", "text\nsame\nsame\n")
    // As logs had it before folders told sources apart.
    #expect(try run(["a/note.csv", "--as", "note", "--store", "c.json", "--source", "note.csv"]).code == 0)
    let again = try run(["a/note.csv", "--as", "note", "--store", "c.json"])
    #expect((again.output + again.errors).contains("0 new, 0 changed"), "\(again.output)\(again.errors)")
  }

  @Test func anOptionOfAnotherKindOfFileIsRefused() throws {
    scratch.file("c.csv", "id,name\nC-1,Alborz\n")
    scratch.file("o.json", #"{"orders": [{"id": 1, "customer_id": "C-1"}], "more": [{"id": 2}]}"#)
    for flags in [["--sheet", "One"], ["--table", "orders"]] {
      let ended = try run(["c.csv", "--store", "c.json"] + flags)
      #expect(ended.code == 4 && ended.errors.contains("E2229"), "\(ended.errors)")
    }
    // Of several files it is for those that it says something of, and for one of them at least.
    let both = try run(["c.csv", "o.json", "--table", "orders", "--store", "c.json"])
    #expect(both.code == 0, "\(both.errors)")
    #expect(try count("order") == "1\n")
    let none = try run(["c.csv", "o.json", "--table", "orders", "--sheet", "One", "--store", "c.json"])
    #expect(none.code == 4 && none.errors.contains("`sheet` says nothing of"), "\(none.errors)")
  }

  @Test func aKnownKindTakesNewColumnsWhereThatIsAsked() throws {
    scratch.file("customers.csv", "id,name\nC-1,Alborz\n")
    #expect(try run(["customers.csv", "--store", "c.json"]).code == 0)
    scratch.file("customers.csv", "id,name,phone,Parent ID,since\nC-1,Alborz,021,,2024-01-01\nC-2,Karun,061,C-1,\n")
    let plain = try run(["customers.csv", "--store", "c.json", "--preview"])
    #expect(plain.output.contains("customer has no such field (--add-fields adds it)"), "\(plain.output)")
    let widened = try run(["customers.csv", "--store", "c.json", "--add-fields"])
    #expect(widened.code == 0, "\(widened.errors)")
    let answer = try Product.run([scratch["c.json"], "-c", "customer | select key, phone, since"])
    #expect(answer.output == "key\tphone\tsince\nC-1\t021\t2024-01-01\nC-2\t061\t\n", "\(answer.output)")
    // Now they are known, and by themselves.
    let again = try run(["customers.csv", "--store", "c.json"])
    #expect((again.output + again.errors).contains("0 new, 0 changed"), "\(again.output)\(again.errors)")
    #expect(try run(["customers.csv", "--store", "c.json", "--add-fields", "--recipe", "odoo"]).code == 2)
  }

  @Test func aFileOfChangesMayLackWhatIsRequired() throws {
    scratch.file(
      "k.pvd", "entity customer { name: text required, city: text }\nadd customer \"C-1\" { name: \"Alborz\" }\n")
    #expect(try Product.run(["run", "k.pvd", "--store", "c.json"], in: scratch.path).code == 0)
    scratch.file("city.csv", "key,city\nC-1,Rey\n")
    #expect(try run(["city.csv", "--as", "customer", "--store", "c.json"]).code == 0)
    let answer = try Product.run([scratch["c.json"], "-c", "customer | select name, city"])
    #expect(answer.output == "name\tcity\nAlborz\tRey\n")
    scratch.file("city.csv", "key,city\nC-1,Qom\nC-2,Rey\n")
    let fresh = try run(["city.csv", "--as", "customer", "--store", "c.json"])
    #expect(
      fresh.code == 4 && fresh.errors.contains("E2216") && fresh.errors.contains("1 of its rows is"), "\(fresh.errors)")
    // An empty cell would empty it: that is not lacking it.
    scratch.file("city.csv", "key,name,city\nC-1,,Qom\n")
    #expect(try run(["city.csv", "--as", "customer", "--store", "c.json"]).errors.contains("E2001"))
  }

  @Test func sharesAndWordsAreSaidPlainly() throws {
    scratch.file("c.csv", "id,name\nC-1,Alborz\n")
    #expect(try run(["c.csv", "--preview", "--allow-rejects", "1"]).code == 2)
    #expect(try run(["c.csv", "--preview", "--allow-rejects", "1%"]).code == 0)
    #expect(try run(["c.csv", "--preview", "--allow-rejects", "0.5"]).code == 0)
    let wrong = try run(["c.csv", "--preview", "--missing", "foo"])
    #expect(wrong.code == 2 && wrong.errors.contains("--missing wants keep, close or remove"), "\(wrong.errors)")
  }

  @Test func blanksThatWouldCutAreWarnedOf() throws {
    scratch.file("sizes.csv", "id name size\nA first 3\nB second 4\n")
    let ended = try run(["sizes.csv", "--store", "c.json", "--yes"])
    #expect(ended.code == 0 && ended.errors.contains("blanks would cut"), "\(ended.output)\(ended.errors)")
  }
}
