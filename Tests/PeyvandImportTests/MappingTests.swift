import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import Testing

@testable import PeyvandImport

@Suite struct MappingTests {
  private func find(
    _ files: [(name: String, text: String)], into state: StoreState = StoreState(), as kind: String? = nil,
    _ options: ImportOptions = ImportOptions()
  ) throws -> [FileProposal] {
    let inputs = try files.map { file in
      MappingFinder.Input(
        table: try CSVTable.open(FileBytes(file.text), named: file.name, options: options), kind: kind)
    }
    return try MappingFinder.find(inputs, for: state, interruption: nil)
  }

  /// `column → field: type`, in the order of the file; the key first.
  private func mapping(_ proposal: FileProposal) -> [String] {
    let names = proposal.table.columnNames
    return (proposal.key.map { ["\(names[$0]) → key"] } ?? [])
      + proposal.fields.map { field in
        var text = "\(names[field.column]) → \(field.field): \(field.type)"
        if case .reference(_, creates: true) = field.role { text += " (begun)" }
        return text
      }
  }

  @Test(arguments: [
    ("CustomerID", ["customer", "id"]), ("customer_id", ["customer", "id"]), ("Customer Id", ["customer", "id"]),
    ("customerID", ["customer", "id"]), ("IDNumber", ["id", "number"]), ("partner_id/id", ["partner", "id", "id"]),
    ("Amount (EUR)", ["amount", "eur"]), ("کد مشتری", ["کد", "مشتری"]), ("MRR", ["mrr"]), ("address2", ["address2"]),
    ("", []), ("--", []), ("ORDER_DATE", ["order", "date"]),
  ])
  func wordsOfANameAreThoseAnyToolWrites(name: String, words: [String]) {
    #expect(NameWords(name).words == words)
  }

  @Test(arguments: [
    ("customers", "customer"), ("categories", "category"), ("addresses", "address"), ("status", "status"),
    ("boxes", "box"), ("people", "person"), ("sales_teams", "sales_team"), ("analysis", "analysis"),
    ("مشتری‌ها", "مشتری"), ("series", "series"), ("cases", "case"), ("matches", "match"), ("companies", "company"),
    ("yes", "yes"),
  ])
  func oneOfMany(many: String, one: String) {
    #expect(NameWords(many).singular.joined == one)
  }

  @Test func entitiesEventsAndTiesAreToldApart() throws {
    let found = try find([
      ("visits.csv", "customer_id,visited,minutes\nC-1,2024-01-01,30\nC-2,2024-01-02,20\nC-1,2024-02-01,10\n"),
      ("customers.csv", "id,name,city\nC-1,Alborz,Rey\nC-2,Damavand,Rey\nC-3,Karun,Ahvaz\n"),
      ("reps.csv", "rep,name\nR-1,Sara\nR-2,Omid\nR-3,Nima\n"),
      (
        "coverage.csv",
        "rep,customer,from,to\nR-1,C-1,2023-01-01,2023-12-31\nR-2,C-1,2024-01-01,\nR-3,C-2,2023-01-01,\n"
      ),
    ])
    // What is referred to stands before what refers to it.
    #expect(found.map(\.kind) == ["customer", "rep", "visit", "coverage"])
    #expect(found.map(\.flavour) == [.entity, .entity, .event, .relationship])
    #expect(mapping(found[0]) == ["id → key", "name → name: text", "city → city: text"])
    #expect(
      mapping(found[2]) == ["customer_id → customer: customer", "visited → at: date", "minutes → minutes: number"])
    #expect(
      mapping(found[3]) == [
        "rep → rep: rep", "customer → customer: customer", "from → start: date", "to → end: date",
      ])
    #expect(found[2].fields[0].evidence == "2 of 2 values are keys of customer")
  }

  @Test func aReferenceIsFoundByItsValuesWhereNoNameSaysSo() throws {
    let found = try find([
      ("accounts.csv", "account,parent_of\nAcme,Beta\nBeta,Gamma\nGamma,Acme\nDelta,\n"),
      ("deals.csv", "deal_id,buyer,amount,closed\n1,Acme,3,2024-01-01\n2,Beta,2,2024-01-02\n3,Gamma,1,2024-01-03\n"),
    ])
    #expect(mapping(found[1]).contains("buyer → buyer: account"))
    #expect(mapping(found[0]).contains("parent_of → parent_of: account"))
    // Small numbers are keys of everything: `amount` holds 1, 2 and 3 and refers to nothing.
    #expect(mapping(found[1]).contains("amount → amount: number"))
  }

  @Test func aNameWithoutKeysIsNoReference() throws {
    let found = try find([
      ("customers.csv", "id,name\nC-1,A\nC-2,B\n"),
      ("calls.csv", "customer,at\nsomebody,2024-01-01\nanother,2024-01-02\nC-1,2024-01-03\n"),
    ])
    #expect(mapping(found[1]) == ["customer → customer: text", "at → at: date"])
    #expect(found[1].possible == ["`customer` is called like customer, but only 1 of 3 values are keys of it"])
  }

  @Test func recordsThatNoFileDescribesAreBegun() throws {
    let found = try find([
      ("purchases.csv", "customer_id,date,amount\nC-1,2024-01-01,3\nC-2,2024-01-02,4\nC-1,2024-02-01,5\n")
    ])
    #expect(found[0].begun == ["customer"])
    #expect(
      mapping(found[0]) == ["customer_id → customer: customer (begun)", "date → at: date", "amount → amount: number"])
  }

  @Test func linesOfAnOrderAreNoOrders() throws {
    let found = try find([
      ("orders.csv", "OrderID,OrderID,Product,OrderDate\n1,1,A,2024-01-01\n1,1,B,2024-01-01\n2,2,A,2024-01-02\n")
    ])
    #expect(found[0].kind == "order_line")
    #expect(mapping(found[0]).first == "OrderID → order: order (begun)")
    #expect(found[0].leftOut.map(\.reason) == ["the same as `OrderID`"])
  }

  @Test func leadingZerosMakeText() throws {
    let found = try find([("shops.csv", "code,post,size\n007,01234,3\n008,99999,4\n")])
    #expect(mapping(found[0]) == ["code → key", "post → post: text", "size → size: number"])
  }

  @Test func aCountOfRowsWithoutANameIsNoKey() throws {
    let found = try find([("log.csv", ",activity,at\n0,a,2024-01-01\n1,b,2024-01-02\n2,a,2024-01-03\n")])
    #expect(found[0].key == nil)
    #expect(found[0].flavour == .event)
    // Without a header no column has a name, and the first is as good as a key can be.
    #expect(try find([("list.csv", "007,Alborz\n008,Karun\n")])[0].key == 0)
  }

  @Test func partsOfOneExportAreOneKind() throws {
    let found = try find([
      ("sales-2023.csv", "invoice,total,day\nA1,3,2023-01-01\nA2,4,2023-02-01\n"),
      ("sales-2024.csv", "invoice,total,day\nB1,3,2024-01-01 10:00\nB2,none,2024-02-01 11:00\n"),
    ])
    #expect(found.map(\.kind) == ["invoice", "invoice"] || found.map(\.kind) == ["sales", "sales"])
    #expect(found[0].kind == found[1].kind)
    // The wider type is that of both.
    #expect(found.map { $0.fields.first { $0.field == "day" || $0.field == "at" }?.type } == ["time", "time"])
    #expect(found.map { $0.fields.first { $0.field == "total" }?.type } == ["text", "text"])
  }

  @Test func theToolsOwnTimesAreNoEvents() throws {
    let found = try find([
      ("territories.csv", "id,name\n1,N\n2,S\n3,W\n"),
      ("agents.csv", "agent_id,territory_id,ModifiedDate\n7,1,2024-01-01\n8,2,2024-01-01\n9,3,2024-01-01\n"),
    ])
    #expect(found[1].flavour == .entity)
  }

  @Test func aKindThatIsThereTakesItsFieldsByNameAndByKeys() throws {
    var company = Company()
    let customer = company.kind("customer", .entity, [("name", .text, false), ("joined", .date, false)])
    company.kind(
      "purchase", .event,
      [("customer", .reference(customer), false), ("amount", .number(.plain), false), ("at", .date, false)])
    let first = try find(
      [("customers.csv", "id,CustomerName,Joined,fax\nC-1,A,2024-01-01,1\nC-2,B,2024-01-02,\n")], into: company.store)
    #expect(!first[0].isNew)
    #expect(mapping(first[0]) == ["id → key", "CustomerName → name: text", "Joined → joined: date"])
    #expect(first[0].leftOut == [.init(column: 3, reason: "customer has no such field (--add-fields adds it)")])
    let table = try CSVTable.open(FileBytes("key,name\nC-1,A\nC-2,B\nC-3,C\n"), named: "c.csv")
    let plan = try ImportPlan.make(kind: customer, in: company.catalogue, from: table, key: nil)
    let state = try Importer.run(plan, table: table, into: company.store).state
    let second = try find(
      [("purchases.csv", "nr,client,Amount,OrderedOn\n1,C-1,3,2024-01-01\n2,C-2,4,2024-01-02\n3,C-3,5,2024-01-03\n")],
      into: state)
    #expect(
      mapping(second[0]) == [
        "nr → key", "client → customer: customer", "Amount → amount: number", "OrderedOn → at: date",
      ])
    #expect(second[0].fields[0].evidence == "3 of 3 values are keys of customer")
  }

  @Test func spellingsThatAreNearlyKeysAreToldWithTheirRows() throws {
    let found = try find([
      ("products.csv", "product,price\nGTX Pro,3\nMG,4\nAB,5\n"),
      ("sales.csv", "product,day\nGTXPro,2024-01-01\nMG,2024-01-01\nGTXPro,2024-01-02\nAB,2024-01-02\nZZ,2024-01-02\n"),
    ])
    let link = try #require(found[1].links.first)
    #expect((link.values, link.keys, link.rowsWithout) == (4, 2, 3))
    #expect(link.strangers.map(\.value) == ["GTXPro", "ZZ"])
    #expect(link.mendable == [.init(value: "GTXPro", rows: 2, alike: "GTX Pro")])
  }

  @Test func twoSpellingsOfOneKeyAreTold() throws {
    let found = try find([("customers.csv", "name,city\nکارون,ری\nكارون,ری\nالبرز,ری\n")])
    #expect(found[0].columns[0].alike?.count == 1)
    #expect(found[0].columns[0].distinct == 2)
    #expect(found[0].key == nil)
  }

  @Test func aFewRowsThatAreThereTwiceLeaveTheKey() throws {
    let rows = (1...40).map { "C-\($0),N\($0)\n" }.joined()
    let found = try find([("customers.csv", "customer_id,name\n" + rows + "C-1,other\n")])
    #expect(found[0].key == 0)
    #expect(found[0].flavour == .entity)
    #expect(found[0].columns[0].repeated == 1)
    // Where many repeat it is a reference, and so it is where rows have a time.
    let many = (1...40).map { "C-\($0 % 20),N\($0)\n" }.joined()
    #expect(try find([("customers.csv", "customer_id,name\n" + many)])[0].key == nil)
    let visits = (1...40).map { "C-\($0),2024-01-\($0 % 28 + 10)\n" }.joined()
    #expect(try find([("visits.csv", "customer_id,day\n" + visits + "C-1,2024-02-01\n")])[0].key == nil)
  }

  @Test func whatHasOnlyAHeaderIsNoKind() throws {
    for text in ["a\n", "a,b\n", "id\n\n\n"] {
      #expect(refusal { _ = try find([("x.csv", text)]) } == ["E2201"])
    }
    // Of a kind that is declared it says nothing new.
    var company = Company()
    company.kind("customer", .entity, [("name", .text, false)])
    #expect(try find([("customers.csv", "id,name\n")], into: company.store)[0].kind == "customer")
  }

  @Test func aColumnWithoutValuesIsAText() throws {
    let found = try find([("customers.csv", "id,name,fax,\n1,A,,\n2,B,,\n")])
    #expect(mapping(found[0]) == ["id → key", "name → name: text", "fax → fax: text"])
    #expect(found[0].leftOut.map(\.reason) == ["empty"])
    // It takes the type that another part of the export gives it.
    let parts = try find([
      ("sales-2023.csv", "invoice,total,day\nA1,,2023-01-01\nA2,,2023-02-01\n"),
      ("sales-2024.csv", "invoice,total,day\nB1,3,2024-01-01\nB2,4,2024-02-01\n"),
    ])
    #expect(parts.map { $0.fields.first { $0.field == "total" }?.type } == ["number", "number"])
  }

  @Test(arguments: ["items.rejects.csv", "items.rejects-2.csv"]) func rejectsBelongToTheirKind(name: String) throws {
    #expect(try find([(name, "id,size\n1,3\n2,4\n")])[0].kind == "item")
    #expect(try find([("rejects.csv", "id,size\n1,3\n2,4\n")])[0].kind == "reject")
  }

  @Test func aTableThatAFileCannotHaveNamesNoKind() throws {
    var options = ImportOptions()
    options.table = "Foo"
    #expect(try find([("items.csv", "id,size\n1,3\n2,4\n")], options)[0].kind == "item")
  }

  @Test func whatRepeatsAColumnIsFoundByItsName() throws {
    let found = try find([("x.csv", "a b,a b,a b,a b 9\n1,1,1,7\n2,2,2,7\n")])
    #expect(found[0].leftOut.count == 2)
    #expect(found[0].leftOut.allSatisfy { $0.reason == "the same as `a b`" })
  }

  @Test func oddFilesAreNoTrap() throws {
    for text in [
      "a,a,a\n1,1,1\n", "`,b\n1,2\n", "1,2\n3,4\n", "نام\nعلی\n",
    ] {
      let found = try find([("x.csv", text)])
      #expect(found.count == 1)
    }
    // The name of a kind can be made of any file's.
    for name in [".csv", "2024.csv", "a/b/.hidden", "…", "نام‌ها.csv", "x y-z.tar.gz"] {
      #expect(try find([(name, "id,name\n1,A\n")])[0].kind.isEmpty == false)
    }
  }

  @Test func veryManyKeysAreCountedAndNotHeld() throws {
    var options = ImportOptions()
    options.heldTexts = 3
    func table(_ name: String, _ text: String) throws -> CSVTable {
      try CSVTable.open(FileBytes(text), named: name, options: options)
    }
    let orders = try table(
      "orders.csv", "order_id,city,note\nO-1,Rey,a\nO-2,Rey,b\nO-3,Qom,c\nO-4,Qom,d\nO-5,Rey,a\n")
    let profile = try ColumnProfile.all(of: orders, interruption: nil)
    #expect(profile[0].texts == nil && profile[0].isUnique && profile[0].distinct == 5 && profile[0].repeated == 0)
    #expect(profile[1].texts?.entries == ["Rey", "Qom"] && profile[1].counts == [3, 2] && profile[1].repeated == 3)
    #expect(profile[2].texts == nil && profile[2].distinct == 4 && profile[2].repeated == 1)
    // The key is found all the same; what is called like it refers to it, and says that nothing was compared.
    let lines = try table("lines.csv", "id,order_id,n\n1,O-1,2\n2,O-1,3\n3,O-5,4\n")
    let found = try MappingFinder.find(
      [.init(table: orders), .init(table: lines)], for: StoreState(), interruption: nil)
    #expect(found.map(\.kind) == ["order", "line"])
    #expect(found[0].key == 0)
    let link = try #require(found[1].field(of: 1))
    #expect(link.role == .reference("order", creates: false))
    #expect(link.evidence == "by name; 2 different, too many to be compared with keys")
  }
}
