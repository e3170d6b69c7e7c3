import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore
import Testing

@testable import PeyvandImport

@Suite struct ImporterTests {
  private static func shop() -> (company: Company, customer: KindID, purchase: KindID) {
    var company = Company()
    let customer = company.kind(
      "customer", .entity, [("name", .text, false), ("joined", .date, false), ("region", .text, false)])
    let purchase = company.kind(
      "purchase", .event,
      [("customer", .reference(customer), false), ("amount", .number(.plain), false), ("at", .date, false)])
    return (company, customer, purchase)
  }

  private func run(
    _ text: String, _ options: ImportOptions = ImportOptions(), kind: KindID, key: String? = nil,
    _ given: [ImportPlan.Given] = [], condition: Vector? = nil, named name: String = "t.csv", into state: StoreState
  ) throws -> (state: StoreState, report: ImportReport) {
    let table = try CSVTable.open(FileBytes(text), named: name, options: options)
    let plan = try ImportPlan.make(
      kind: kind, in: state.catalogue, from: table, key: key, given: given, condition: condition)
    let attempt = try Importer.attempt(plan, table: table, into: state, at: 0)
    if let refusal = attempt.refusal { throw refusal }
    // What the journal would keep makes the same state again.
    #expect(
      try state.applying(.importing(attempt.rows, attempt.mark)).recordCount == attempt.state.recordCount)
    return (attempt.state, attempt.report)
  }

  @Test func entitiesByKeyAndAgain() throws {
    let (company, customer, _) = Self.shop()
    let text =
      "id,company,created_on,region\nC-1,Alborz,2023-05-01,North\nC-2,Damavand,,\nC-3,\"Sahand, Ltd\",1402-01-15,South\n"
    let given = [
      ImportPlan.Given(name: "name", input: .column(1)), ImportPlan.Given(name: "joined", input: .column(2)),
    ]
    #expect(
      refusal { _ = try run(text, kind: customer, key: "id", given, into: company.store) } == ["E2211"])
    let sound = text.replacing("1402-01-15", with: "2023-04-04")
    let (state, report) = try run(sound, kind: customer, key: "id", given, into: company.store)
    #expect(report.added == 3)
    #expect(report.rejected == 0)
    #expect(report.summary == "3 new, 0 changed")
    #expect(
      try state.records("customer", ["name", "joined", "region"]) == [
        ["C-1", "Alborz", "2023-05-01", "North"], ["C-2", "Damavand", nil, nil],
        ["C-3", "Sahand, Ltd", "2023-04-04", "South"],
      ])
    #expect(report.columns.map(\.evidence.text).contains("date: 2 of 2"))
    let again = try run(sound, kind: customer, key: "id", given, into: state)
    #expect(again.report.added == 0)
    #expect(again.report.same == 3)
    #expect(try again.state.records("customer").count == 3)
    // Another value under the same key is a change; two of them in one file are none, and nothing else is taken either.
    let changed = sound.replacing("Damavand", with: "Sabalan") + "C-4,New,,\n"
    let later = try run(changed, kind: customer, key: "id", given, into: state)
    #expect(later.report.summary == "1 new, 1 changed, 2 as before")
    #expect(try later.state.records("customer", ["name"]).contains(["C-2", "Sabalan"]))
    #expect(
      refusal { _ = try run(changed + "C-2,Sahand,,\n", kind: customer, key: "id", given, into: state) }
        == ["E2220", "E2002"])
  }

  @Test func aRejectedRowMayBeWhatSeemsToBeGone() throws {
    let (company, customer, _) = Self.shop()
    let (state, _) = try run("key,name\nC-1,A\nC-2,B\n", kind: customer, into: company.store)
    var options = ImportOptions(allowedRejects: 1)
    options.vanished = .remove
    let partly = try run("key,name\nC-1,A\n,B\n", options, kind: customer, into: state)
    #expect(partly.report.removed == 0 && partly.report.warnings.contains { $0.code == "E2268" })
    let whole = try run("key,name\nC-1,A\n", options, kind: customer, into: state)
    #expect(whole.report.removed == 1 && whole.report.warnings.isEmpty)
  }

  @Test func ofNoRowsNoneSaysItsKind() throws {
    let (company, customer, _) = Self.shop()
    var plan = ImportPlan(kind: customer, key: .column(0), kindOfRow: .column(1), fields: [], source: "t.csv")
    let table = try CSVTable.open(FileBytes("key,kind\nC-1,customer\n"), named: "t.csv")
    plan.condition = Vector(.truths(Slab([Truth.no])))
    let attempt = try Importer.attempt(plan, table: table, into: company.store, at: 0)
    #expect(attempt.report.leftOut == 1 && attempt.refusal == nil && !attempt.isChange)
  }

  @Test func eventsWithoutKeysAreKnownByTheirCells() throws {
    let (company, customer, purchase) = Self.shop()
    var (state, _) = try run("key,name\nC-1,A\nC-2,B\n", kind: customer, into: company.store)
    let text = "customer,amount,at,note\nC-1,10,2024-01-01,x\nC-1,10,2024-01-01,x\nC-2,5,2024-01-02,\n"
    let first = try run(text, kind: purchase, into: state)
    #expect(first.report.added == 3)
    #expect(first.report.warnings.map(\.code) == ["E2260"])
    state = first.state
    let again = try run(text, kind: purchase, into: state)
    #expect(again.report.added == 0)
    #expect(again.report.same == 3)
    // The same file with more in it adds what is more; quotes around a cell do not make another row.
    let longer = try run(
      text.replacing("C-2,5", with: "\"C-2\",5") + "C-1,10,2024-01-01,x\n", kind: purchase, into: state)
    #expect(longer.report.added == 1)
    // Another file is another source.
    let other = try run(text, kind: purchase, named: "other.csv", into: state)
    #expect(other.report.added == 3)
    // The folder it lies in is not.
    let moved = try run(text, kind: purchase, named: "/far/away/t.csv", into: state)
    #expect(moved.report.added == 0)
  }

  @Test func unknownKeysAreRejectedOrBegun() throws {
    let (company, customer, purchase) = Self.shop()
    let (state, _) = try run("key,name\nC-17,A\nC-2,B\n", kind: customer, into: company.store)
    let text = "customer,amount,at\nC-17,1,2024-01-01\nC-71,2,2024-01-02\nC-9,3,2024-01-03\n"
    do {
      _ = try run(text, kind: purchase, into: state)
      Issue.record("unknown keys were taken")
    } catch let said as Diagnostics {
      #expect(said.all.map(\.code) == ["E2220", "E2003", "E2003"])
      #expect(said.all[0].message == "t.csv: 2 of 3 rows cannot be imported, and none was")
      #expect(
        said.all[0].notes == [
          "2× a reference to a key that is not there",
          "to leave them out and import the others: with { rejects: 66.67% }, or --allow-rejects 66.67%",
        ])
      #expect(said.all[1].message == "t.csv:3:1: column `customer`: there is no customer \"C-71\"")
      #expect(said.all[1].notes.first?.contains("\"C-17\"") == true)
      #expect(said.all[2].message.hasPrefix("t.csv:4:1: "))
    }
    let created = try run(
      text, kind: purchase, [ImportPlan.Given(name: "customer", input: .column(0), creates: true)], into: state)
    #expect(created.report.added == 3)
    #expect(created.report.created == 2)
    #expect(try created.state.records("customer", ["name"]).count == 4)
    // What is known of them later fills them in.
    let filled = try run("key,name\nC-71,Late\n", kind: customer, into: created.state)
    #expect(filled.report.filled == 1)
    #expect(try filled.state.records("customer", ["name"]).contains(["C-71", "Late"]))
  }

  @Test func referencesAmongTheRowsOfOneFile() throws {
    var company = Company()
    let employee = company.catalogue.nextKind
    company.kind("employee", .entity, [("name", .text, false), ("reports_to", .reference(employee), false)])
    let text = "EmployeeID,name,ReportsTo\n1,Davolio,2\n2,Fuller,\n3,Leverling,2\n"
    let (state, report) = try run(
      text, kind: employee, key: "EmployeeID", [ImportPlan.Given(name: "reports_to", input: .column(2))],
      into: company.store)
    #expect(report.added == 3)
    #expect(
      try state.records("employee", ["name", "reports_to"]) == [
        ["1", "Davolio", "2"], ["2", "Fuller", nil], ["3", "Leverling", "2"],
      ])
  }

  @Test func rejectsWithinTheShareAreLeftOut() throws {
    let (company, customer, purchase) = Self.shop()
    let (state, _) = try run("key\nC-1\n", ImportOptions(header: true), kind: customer, into: company.store)
    var text = "customer,amount,at\n"
    for day in 1...20 { text += "C-1,\(day == 7 ? "seven" : "\(day)"),2024-01-\(day < 10 ? "0" : "")\(day)\n" }
    text += "C-1,21\n"
    let refused = refusal { _ = try run(text, kind: purchase, into: state) }
    #expect(refused == ["E2220", "E2240", "E2230"])
    let (after, report) = try run(text, ImportOptions(allowedRejects: 0.1), kind: purchase, into: state)
    #expect(report.rejected == 2)
    #expect(report.rows == 21)
    #expect(report.added == 19)
    #expect(report.warnings.map(\.code).contains("E2265"))
    #expect(
      report.rejects.map { $0.message(file: report.file) } == [
        "t.csv:8:5: column `amount`: \"seven\" is no number",
        "t.csv:22:1: it has 2 cells, fewer than the file has columns",
      ])
    #expect(Set(report.reasons.map(\.words)) == ["no number", "the wrong number of cells"])
    #expect(try after.records("purchase").count == 19)
    #expect(
      refusal { _ = try run(text, ImportOptions(allowedRejects: 0.09), kind: purchase, into: state) }.first == "E2220")
  }

  @Test func rowsOfSeveralKindsInOneFile() throws {
    var company = Company()
    let customer = company.kind("customer", .entity)
    let contact = company.kind("contact", .event, [("customer", .reference(customer), false), ("at", .time, false)])
    company.kind("call", .event, is: contact, [("length", .number(.plain), false)])
    company.kind("visit", .event, is: contact, [("place", .text, false)])
    let (state, _) = try run("key\nC-1\n", ImportOptions(header: true), kind: customer, into: company.store)
    let text =
      "id,type,customer,at,length,place\n1,call,C-1,2024-01-01 10:00,5,\n2,Visit,C-1,2024-01-02,,Shiraz\n3,visit,C-1,2024-01-03,9,Tehran\n4,,C-1,2024-01-04,,\n"
    let given = [ImportPlan.Given(name: "kind", input: .column(1))]
    do {
      _ = try run(text, kind: contact, key: "id", given, into: state)
      Issue.record("an unknown kind was taken")
    } catch let said as Diagnostics {
      #expect(said.all.map(\.code) == ["E2220", "E2252"])
      #expect(said.all[1].message == "t.csv:3:3: column `type`: \"Visit\" is no kind of contact")
      #expect(said.all[1].notes == ["did you mean \"visit\"?"])
    }
    let (after, report) = try run(
      text.replacing("Visit", with: "visit"), kind: contact, key: "id", given, into: state)
    #expect(report.added == 4)
    #expect(report.warnings.map(\.code) == ["E2266"])
    #expect(try after.records("call", ["length"]) == [["1", "5"]])
    #expect(try after.records("visit", ["place"]) == [["2", "Shiraz"], ["3", "Tehran"]])
    #expect(try after.records("contact").count == 4)
  }

  @Test func expressionsAndConditions() throws {
    let (company, customer, purchase) = Self.shop()
    let text =
      "id,price,quantity,day,stage\nC-1,2.5,4,2024-01-01,Won\nC-2,3,1,2024-01-02,Lost\nC-3,x,1,2024-01-02,Won\n"
    let table = try CSVTable.open(FileBytes(text), named: "t.csv", options: ImportOptions(allowedRejects: 0.5))
    let source = try TableSource(table)
    // What an evaluator would give: quantity * 2, and whether it is more than 1.
    let amounts = Vector(.numbers(Slab([8.0, 2, 2])), present: Slab([1, 1, 0]))
    let truths = Vector(.truths(Slab([Truth.yes, Truth.no, Truth.unknown])))
    let plan = ImportPlan(
      kind: purchase, key: .column(0),
      fields: [
        .init(
          field: try #require(company.catalogue.field(named: "amount", of: purchase)).id,
          input: .values(amounts, .plainNumber)),
        .init(
          field: try #require(company.catalogue.field(named: "customer", of: purchase)).id, input: .column(0),
          creates: true),
        .init(
          field: try #require(company.catalogue.field(named: "at", of: purchase)).id,
          input: .values(Vector(.days(Slab(repeating: 19_000, count: 3))), .date)),
      ], condition: truths, source: "t.csv")
    let (state, report, _) = try Importer.run(plan, table: table, source: source, into: company.store)
    #expect(report.added == 1)
    #expect(report.leftOut == 2)
    #expect(report.created == 1)
    #expect(try state.records("purchase", ["customer", "amount", "at"]) == [["C-1", "C-1", "8", "2022-01-08"]])
    #expect(try state.records("customer").map { $0[0] } == ["C-1"])
    _ = customer
    // Values of the wrong type are an error of the statement, not of a row.
    var wrong = plan
    wrong.fields[0].input = .values(Vector(.days(Slab([1, 2, 3]))), .date)
    #expect(refusal { _ = try Importer.run(wrong, table: table, source: source, into: company.store) } == ["E2217"])
    wrong.fields[0].input = .values(Vector(.numbers(Slab([1, 2]))), .plainNumber)
    #expect(refusal { _ = try Importer.run(wrong, table: table, source: source, into: company.store) } == ["E2217"])
  }

  @Test func aConditionDoesNotHideWhatItCouldNotRead() throws {
    let (company, customer, _) = Self.shop()
    var text = "key,score\n"
    for row in 1...60 { text += "C-\(row),\(row == 30 ? "??" : "\(row)")\n" }
    let table = try CSVTable.open(FileBytes(text), named: "t.csv")
    let source = try TableSource(table)
    let score = try #require(source.catalogue.field(named: "score", of: source.rowKind))
    guard case .number(let values) = try source.column(score.id)?.storage else {
      Issue.record("no numbers")
      return
    }
    let truths = values.enumerated().map { $0 == 29 ? Truth.unknown : ($1 > 40 ? Truth.yes : Truth.no) }
    let plan = ImportPlan(
      kind: customer, key: .column(0), fields: [], condition: Vector(.truths(Slab(truths))), source: "t.csv")
    #expect(
      refusal { _ = try Importer.run(plan, table: table, source: source, into: company.store) } == ["E2220", "E2240"])
  }

  @Test func whatAPlanLacksIsSaidBeforeAnythingIsRead() throws {
    var company = Company()
    let customer = company.kind("customer", .entity, [("name", .text, true), ("region", .text, false)])
    let text = "id,regoin\nC-1,x\n"
    #expect(refusal { _ = try run(text, kind: customer, into: company.store) } == ["E2215", "E2216"])
    #expect(refusal { _ = try run(text, kind: customer, key: "idd", into: company.store) } == ["E2214"])
    #expect(
      refusal {
        _ = try run(
          text, kind: customer, key: "id", [ImportPlan.Given(name: "nmae", input: .column(1))], into: company.store)
      } == ["E2218"])
    #expect(
      refusal {
        _ = try run(
          "id,name\nC-1,\nC-2,x\n,y\n", kind: customer, key: "id", into: company.store)
      } == ["E2220", "E2001", "E2250"])
  }

  @Test func keysThatMeanTheSameAreOneAndSaid() throws {
    let (company, customer, _) = Self.shop()
    let (state, report) = try run("key,name\nعلي,x\nعلی,x\n", kind: customer, into: company.store)
    #expect(report.added == 1)
    #expect(report.same == 1)
    #expect(report.warnings.map(\.code) == ["E2263"])
    #expect(try state.records("customer").count == 1)
  }

  @Test func hostileCellsReachMessagesWithoutCommands() throws {
    let (company, customer, _) = Self.shop()
    let cell = "\u{1B}]52;c;x\u{07}\u{202E}"
    do {
      _ = try run("key,joined\nC-1,\"\(cell)\"\n", kind: customer, into: company.store)
      Issue.record("it was taken")
    } catch let said as Diagnostics {
      for diagnostic in said.all {
        #expect(!diagnostic.message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
      }
    }
  }
}

/// The first lines of public data sets, as they are.
@Suite struct RealFileTests {
  @Test func cdnowMaster() throws {
    var company = Company()
    let customer = company.kind("customer", .entity)
    let purchase = company.kind(
      "purchase", .event,
      [("customer", .reference(customer), false), ("at", .date, false), ("amount", .number(.plain), false)])
    let text =
      " customer_id  date number_of_cds  dollar_value \r\n 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n 00002 19970112  5   77.00\r\n"
    let options = ImportOptions(delimiter: .blanks, dates: try DateOrder("YYYYMMDD"))
    let table = try CSVTable.open(FileBytes(text), named: "CDNOW_master.txt", options: options)
    #expect(table.columnNames == ["customer_id", "date", "number_of_cds", "dollar_value"])
    let plan = try ImportPlan.make(
      kind: purchase, in: company.catalogue, from: table, key: nil,
      given: [
        .init(name: "customer", input: .column(0), creates: true), .init(name: "at", input: .column(1)),
        .init(name: "amount", input: .column(3)),
      ])
    let (state, report, _) = try Importer.run(plan, table: table, into: company.store)
    #expect(report.added == 3)
    #expect(report.created == 2)
    #expect(
      try state.records("purchase", ["customer", "at", "amount"]).map { Array($0.dropFirst()) } == [
        ["00001", "1997-01-01", "11.77"], ["00002", "1997-01-12", "12"], ["00002", "1997-01-12", "77"],
      ])
    // The sample of it has no header.
    let sample = try CSVTable.open(
      FileBytes(" 00004 0001 19970101  2   29.33\r\n"), named: "CDNOW_sample.txt", options: options)
    #expect(sample.columnNames == ["c1", "c2", "c3", "c4", "c5"])
    #expect(sample.rowCount == 1)
  }

  @Test func northwindOrders() throws {
    let text = """
      OrderID,CustomerID,EmployeeID,OrderDate,RequiredDate,ShippedDate,ShipVia,Freight,ShipName,ShipAddress,ShipCity,ShipRegion,ShipPostalCode,ShipCountry,OrderID,ProductID,UnitPrice,Quantity,Discount
      10248,VINET,5,1996-07-04,1996-08-01,1996-07-16,3,32.38,Vins et alcools Chevalier,59 rue de l'Abbaye,Reims,,51100,France,10248,11,14,12,0
      10248,VINET,5,1996-07-04,1996-08-01,1996-07-16,3,32.38,Vins et alcools Chevalier,59 rue de l'Abbaye,Reims,,51100,France,10248,42,9.8,10,0

      """
    let opened = try table(text)
    #expect(opened.columnNames[14] == "OrderID 2")
    #expect(opened.columnNames.count == 19)
    let types = try opened.foundTypes(of: Array(0..<19), interruption: nil).map(\.type)
    #expect(types[3] == .date)
    #expect(types[16] == .number(.plain))
    #expect(types[8] == .text)
    let employees = try table(
      "EmployeeID,Address,Photo,Notes,ReportsTo\n1,507 - 20th Ave. E.\\nApt. 2A,\\x,\"Education includes a BA. She also completed \"\"The Art of the Cold Call.\"\"  Nancy is a member.\",2\n"
    )
    #expect(
      try employees.texts() == [
        [
          "1", "507 - 20th Ave. E.\\nApt. 2A", "\\x",
          "Education includes a BA. She also completed \"The Art of the Cold Call.\"  Nancy is a member.", "2",
        ]
      ])
  }

  @Test func crmPipeline() throws {
    let text = """
      opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value,engage_quarter,close_quarter
      1C1I7A6R,Moses Frase,GTX Plus Basic,Cancity,Won,20-10-16,01-03-17,1054,Q4 2016,Q1 2017
      HAXMC4IX,James Ascencio,MG Advanced,,Engaging,03-11-16,,,Q4 2016,

      """
    let declared = try table(text, ImportOptions(dates: try DateOrder("DD-MM-YY")))
    #expect(try declared.column(named: "engage_date", as: .date).values.all() == ["2016-10-20", "2016-11-03"])
    #expect(try declared.column(named: "close_date", as: nil).values.all() == ["2017-03-01", nil])
    #expect(try declared.column(named: "engage_quarter", as: nil).type == .text)
    let asked = try table(text).column(named: "engage_date", as: .date)
    #expect(asked.problem?.code == "E2210")
    #expect(asked.problem?.notes.first?.contains("DD-MM-YY") == true)
  }

  @Test func telcoBlanks() throws {
    let text = """
      customerID,gender,SeniorCitizen,Partner,tenure,TotalCharges,Churn
      7590-VHVEG,Female,0,Yes,1,29.85,No
      4472-LVYGI,Female,0,Yes,0, ,No
      3668-QPYBK,Male,0,No,2,108.15,Yes

      """
    let opened = try table(text)
    #expect(try opened.column(named: "TotalCharges", as: .number(.plain)).values.all() == ["29.85", nil, "108.15"])
    #expect(try opened.column(named: "Churn", as: nil).values.all() == ["no", "no", "yes"])
    #expect(try opened.column(named: "SeniorCitizen", as: .yesno).values.all() == ["no", "no", "no"])
    #expect(try opened.column(named: "SeniorCitizen", as: nil).type == .number(.plain))
  }
}
