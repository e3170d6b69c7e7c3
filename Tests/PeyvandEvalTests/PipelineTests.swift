import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import Testing

@Suite struct PipelineTests {
  var desk: Desk
  init() throws { desk = try Desk(Desk.company) }

  @Test(arguments: [
    ("customer | count by region", "North 3\nSouth 2\n– 1"),
    ("customer | count", "6"),
    ("customer | where region = \"North\" | select name", "Alborz\nChaman\nFarid"),
    ("customer | where region != \"North\" | count", "3"),
    (
      "customer | where count(purchase) >= 2 | select name, count(purchase) as orders | sort by orders desc | take 3",
      "Alborz 3\nBahar 2\nChaman 2"
    ),
    (
      "customer | select name, sum(purchase.amount) as spent | sort by spent, name desc | skip 4",
      "Farid 110\nAlborz 230"
    ),
    ("purchase | sum(amount), mean(amount), count(amount), count", "570 63.333333333 9 10"),
    (
      "purchase | sum(amount) as total, count by quarter(at)",
      "2024-Q1 220 5\n2024-Q2 210 2\n2024-Q4 140 3"
    ),
    (
      "purchase | median(amount), percentile(amount, 90%), stdev(amount) by product.name",
      "pump 100 108 7.416198487\nvalve 15 27 11.086778913"
    ),
    ("purchase | count(customer) as customers, count as purchases by product", "product P-1 4 5\nproduct P-2 4 5"),
    ("customer | count(distinct(region))", "2"),
    ("customer | each purchase | count", "10"),
    ("customer | each purchase as p | sum(p.amount) by customer.region", "North 380\nSouth 90\n– 100"),
    ("contact | count by kind, topic", "call price 2\ncall service 1\nvisit visit 2"),
    ("contact | share(not logged)", "0.5"),
    ("contact | first(topic), last(topic), mode(topic)", "price service price"),
    ("purchase | select product.name as what | distinct", "pump\nvalve"),
    ("rep | select name, count(contact) as contacts | sort by contacts desc", "Sara 3\nOmid 2"),
    ("purchase | sum(amount) by customer.rep", "rep R-1 120\nrep R-2 200\n– 250"),
    ("rep | select name, sum(customer.purchase.amount)", "Sara 120\nOmid 200"),
    ("sum(purchase.amount)", "570"),
    ("sum(purchase.amount) / count(purchase where amount is not missing)", "63.333333333"),
    ("count(purchase where amount > 100)", "2"),
    ("max(purchase.at) - min(purchase.at)", "320d"),
    ("customer | with sum(purchase.amount) as spent | where spent > 100 | select name, spent", "Alborz 230\nFarid 110"),
    ("customer | where joined is missing", "C-5 Elham South –"),
    ("purchase | take 0 | count", "0"),
    ("purchase | where amount > 1000 | sum(amount), count, mean(amount)", "0 0 –"),
    ("purchase | where amount > 1000 | count by product", ""),
  ])
  mutating func answers(question: String, answer: String) throws {
    let found = desk.ask(question)
    #expect(found == answer)
  }

  @Test mutating func theReceiptSaysHowManyOfHowMany() throws {
    var receipt = try desk.receipt("customer | where region = \"North\" | count")
    #expect((receipt.n, receipt.of, receipt.unknown) == (3, 6, 1))
    #expect(receipt.unit == "customer")
    #expect(receipt.asOfDay == 20058)
    receipt = try desk.receipt("contact | share(not logged)")
    #expect((receipt.n, receipt.of, receipt.unknown) == (4, 5, 1))
    receipt = try desk.receipt("purchase | mean(amount), count")
    #expect(receipt.columns["mean(amount)"]?.n == 9)
    #expect(receipt.columns["mean(amount)"]?.unknown == 1)
    #expect(receipt.columns["count"]?.n == 10)
  }

  @Test mutating func windowsThatStillRunAreOpen() throws {
    // As of 2024-12-01: the first purchases of C-1 (10 Jan), C-2 (15 Feb), C-3 (20 Mar), C-4 (1 Apr) have had their six
    // months; that of C-6 (1 Nov) has not, though it has come already.
    let question = "customer | share(first(purchase) then purchase within 6 months)"
    #expect(desk.ask(question) == "0.25")
    let receipt = try desk.receipt(question)
    #expect((receipt.n, receipt.of, receipt.open, receipt.openYes) == (4, 5, 1, 1))
    #expect(receipt.ties == 1)
    #expect(desk.ask("customer | where first(purchase) then purchase within 6 months | select name") == "Alborz\nFarid")
    #expect(desk.ask("customer | where not (first(purchase) then purchase within 6 months) | count") == "4")
  }

  @Test mutating func whatCameOfTheUnmatchedIsCounted() throws {
    // Two calls were followed by a purchase after 2 days and 1, a visit after 19; a visit was not, and one call's month
    // still runs.
    let question = "contact | median((contact then customer.purchase within 30 days).elapsed) as wait, count"
    #expect(desk.ask(question) == "2d 5")
    let receipt = try desk.receipt(question)
    let column = try #require(receipt.columns["wait"])
    #expect((column.n, column.of, column.open) == (3, 5, 1))
    #expect(receipt.excluded == ["without a match": 1])
    #expect((receipt.open, receipt.unknown) == (0, 0))
  }

  @Test mutating func groupsGroupedAgainKeepTheFirstReceipt() throws {
    let receipt = try desk.receipt(
      "purchase | sum(amount) as total by customer.name as who, month(at) as m | mean(total), count by who")
    // One purchase has no amount; how many groups there were is no matter of the receipt.
    #expect((receipt.n, receipt.of) == (9, 10))
    #expect(receipt.columns.isEmpty)
    #expect(receipt.unknown == 1)
  }

  @Test mutating func everyQuestionCanBePutToAPastDay() throws {
    #expect(desk.ask("purchase as of 2024-03-01 | count") == "4")
    #expect(desk.ask("as of 2024-03-01\npurchase | count") == "4")
    let receipt = try desk.receipt("customer | count by region")
    #expect(receipt.asOfDay == 19783)
    #expect(receipt.n == 6)
  }

  @Test mutating func aRowStandsInEachOfItsGroups() throws {
    #expect(
      desk.ask("customer | count by purchase.product.name") == "pump 4\nvalve 4\n– 1")
    let receipt = try desk.receipt("customer | count by purchase.product.name")
    #expect(receipt.several == 3)
  }

  @Test mutating func keptNamesAreReadAgain() throws {
    #expect(desk.ask("let big as purchase where amount >= 100\ncount(big)") == "4")
    #expect(desk.ask("let t as purchase | sum(amount) as s by product\nt | sort by s | select s") == "65\n505")
    #expect(desk.ask("let limit as 100\npurchase | where amount > limit | count") == "2")
  }

  @Test(arguments: [1, 7, 8192], [1, 2, 3])
  mutating func batchesAndThreadsDoNotShow(batch: Int, threads: Int) throws {
    let questions = [
      "customer | count by region",
      "purchase | sum(amount), mean(amount), stdev(amount), median(amount) by product.name, month(at)",
      "customer | select name, sum(purchase.amount) as spent | sort by spent desc, name",
      "customer | share(first(purchase) then purchase within 6 months), count(purchase), first(purchase.amount) by region",
      "customer | each contact as c | count(c), count(c.rep) by region, c.topic",
      "purchase | select product.name as what, customer.region as where_ | distinct",
      "customer | take 2 | count", "contact | take 3 | select key",
      "customer | count by purchase.product.name",
    ]
    var plain = try Desk(Desk.company)
    desk.batchSize = batch
    desk.threads = threads
    for question in questions {
      let found = desk.ask(question)
      #expect(!found.hasPrefix("error"))
      #expect(found == (plain.ask(question)))
      #expect(try desk.receipt(question) == (try plain.receipt(question)))
    }
  }

  /// A question inside another, for each row: alone, as one `measure` for all rows together, and row by row.
  @Test mutating func aTableOfOneValueIsAValue() throws {
    #expect(desk.ask("customer | take 2 | select name, (purchase | sum(amount)) as s") == "Alborz 230\nBahar 90")
    #expect(desk.ask("customer | take 2 | select name, (all purchase | sum(amount)) as s") == "Alborz 570\nBahar 570")
    #expect(
      desk.ask("customer | select name, (purchase | where amount > 50 | count) as n | skip 3")
        == "Darya 1\nElham 0\nFarid 1")
    #expect(
      desk.ask("customer | select name, (purchase | sort by amount desc | take 1 | sum(amount)) as s | skip 3")
        == "Darya 100\nElham 0\nFarid 105")
  }

  @Test mutating func ofNothingKeepsItsType() throws {
    #expect(desk.ask("purchase | where amount > 1000 | first(product.name), min(at), median(amount)") == "– – –")
    #expect(
      desk.ask("purchase | where amount > 1000 | first(product.name) as p, max(at) as t | where p = \"pump\" | count")
        == "0")
    #expect(
      desk.ask("customer | where name = \"nobody\" | with region as r | sort by r | where r = \"North\" | count") == "0"
    )
    #expect(
      desk.ask("customer | where name = \"nobody\" | count by region | where region = \"North\"") == "")
  }

  @Test func aCrossTableHasAColumnAValue() throws {
    // The checker does not read `across` yet, so the tree is turned by hand.
    func crossed(_ question: String) throws -> Answer {
      var desk = desk
      var query = try desk.query(question)
      guard case .measure(let last) = query.stages.removeLast() else { throw Missing() }
      var measure = last
      measure.across = measure.keys.removeLast()
      query.stages.append(.measure(measure))
      return try desk.evaluator.answer(query)
    }
    let answer = try crossed("purchase | count by customer.region, product.name")
    #expect(Desk.text(answer) == "North 3 4\nSouth 1 1\n– 1 0")
    guard case .table(let table) = answer.body else { throw Missing() }
    #expect(table.columns.map(\.name) == ["customer.region", "pump", "valve"])
    let two = try crossed("purchase | count, mean(amount) as mean by customer.region, product.name")
    #expect(Desk.text(two) == "North 3 105 4 16.25\nSouth 1 90 1 –\n– 1 100 0 –")
    guard case .table(let wide) = two.body else { throw Missing() }
    #expect(wide.columns.map(\.name) == ["customer.region", "pump count", "pump mean", "valve count", "valve mean"])
    #expect(Desk.text(try crossed("purchase | sum(amount) by product.name")) == "505 65")
  }

  struct Missing: Error {}

  @Test mutating func limitsAreSaidWithTheirFlag() throws {
    desk.limits.answerRows = 3
    #expect(desk.ask("customer").hasPrefix("error: E1505"))
    #expect(desk.ask("customer | take 3 | count") == "3")
    desk.limits = Limits()
    desk.limits.rows = 4
    #expect(desk.ask("purchase | count").hasPrefix("error: E1504"))
    desk.limits = Limits()
    desk.limits.memoryBytes = 10
    #expect(desk.ask("purchase | median(amount)").hasPrefix("error: E1503"))
    desk.limits = Limits()
    desk.interruption.interrupt()
    #expect(desk.ask("purchase | count").hasPrefix("error: E1501"))
  }

  @Test mutating func takeWantsAWholeNumber() throws {
    #expect(desk.ask("customer | take 1.5 | count").hasPrefix("error: E1511"))
    #expect(desk.ask("customer | take 0 - 1 | count").hasPrefix("error: E1511"))
  }
}
