import PeyvandBase
import PeyvandData
import Testing

@testable import PeyvandEval

/// Expressions, sets and aggregates of a member, asked as a user asks them.
@Suite struct ExpressionTests {
  static func shop() throws -> Company {
    var shop = try Company(
      """
      entity customer { name: text, region: text, credit: number, vip: yesno, joined: date, left: date happens }
      entity product { name: text, price: number in rial }
      event purchase { customer, product, amount: number in rial, at: date }
      event contact { customer, topic: text, logged: yesno }
      event call is contact { length: duration }
      event visit is contact { distance: number }
      """)
    try shop.add("product", "P1", ["name": "Pump", "price": 100])
    try shop.add("product", "P2", ["name": "Valve", "price": 30])
    try shop.add(
      "customer", "C1", ["name": "Alborz", "region": "North", "credit": 10, "vip": true, "joined": "2024-01-31"])
    try shop.add("customer", "C2", ["name": "Damavand", "region": "South", "credit": -7.5, "vip": false])
    try shop.add("customer", "C3", ["name": "Zagros", "joined": "2024-03-15", "left": "2025-06-01"])
    try shop.add("purchase", "b1", ["customer": "C1", "product": "P1", "amount": 100, "at": "2024-02-01"])
    try shop.add("purchase", "b2", ["customer": "C1", "product": "P2", "amount": 60, "at": "2024-05-01"])
    try shop.add("purchase", "b3", ["customer": "C1", "product": "P1", "amount": 200, "at": "2024-05-20"])
    try shop.add("purchase", "b4", ["customer": "C2", "product": "P1", "at": "2024-03-01"])
    try shop.add("purchase", "b5", ["customer": "C2", "product": "P2", "amount": 30, "at": "2024-04-10"])
    try shop.add("visit", "v1", ["customer": "C1", "topic": "price", "distance": 12, "at": "2024-02-10 09:00"])
    try shop.add(
      "call", "k1", ["customer": "C1", "topic": "repair", "length": 300, "logged": true, "at": "2024-01-10 10:00"])
    try shop.add("call", "k2", ["customer": "C2", "length": 60, "logged": false, "at": "2024-06-30 12:00"])
    return shop
  }

  @Test func `Members with nothing stay, with a nought`() throws {
    let shop = try Self.shop()
    #expect(
      try shop.ask("customer | select name, count(purchase), sum(purchase.amount), mean(purchase.amount)")
        == ["Alborz 3 360 rial 120 rial", "Damavand 2 30 rial 30 rial", "Zagros 0 0 rial –"])
  }

  @Test func `A missing amount is left out and counted`() throws {
    let shop = try Self.shop()
    let result = try shop.walk("customer | select name, sum(purchase.amount)")
    #expect(result.tally.unknown == 1)
    #expect(try shop.ask("customer | select count(purchase.amount)") == ["3", "1", "0"])
  }

  @Test func `Comparisons with missing are no, their negation yes`() throws {
    let shop = try Self.shop()
    #expect(try shop.ask("customer | where region != \"North\" | select name") == ["Damavand", "Zagros"])
    #expect(try shop.ask("customer | where region = \"North\" | select name") == ["Alborz"])
    #expect(try shop.ask("customer | where not (region = \"North\") | select name") == ["Damavand", "Zagros"])
    #expect(try shop.ask("customer | where region is missing | select name") == ["Zagros"])
    #expect(try shop.walk("customer | where region = \"North\" | select name").tally.unknown == 1)
    #expect(try shop.ask("customer | where vip | select name") == ["Alborz"])
    #expect(try shop.ask("customer | where not vip | select name") == ["Damavand", "Zagros"])
  }

  @Test func `Texts compare by their fold`() throws {
    let shop = try Self.shop()
    #expect(try shop.ask("customer | where name contains \"bor\" | select key") == ["C1"])
    #expect(try shop.ask("customer | where name starts with \"Z\" | select key") == ["C3"])
    #expect(try shop.ask("customer | where name ends with \"d\" | select key") == ["C2"])
    #expect(try shop.ask("customer | where name matches \"^[A-D].*(z|d)$\" | select key") == ["C1", "C2"])
    #expect(try shop.ask("customer | where name >= \"D\" | select key") == ["C2", "C3"])
    #expect(try shop.ask("customer | where region in [\"South\", \"North\"] | select key") == ["C1", "C2"])
    #expect(try shop.ask("customer | select upper(name), length(name)") == ["ALBORZ 6", "DAMAVAND 8", "ZAGROS 6"])
    #expect(
      try shop.ask("customer | select \"{name} of {region else \"nowhere\"}\"") == [
        "Alborz of North", "Damavand of South", "Zagros of nowhere",
      ])
  }

  @Test func `Arithmetic of numbers`() throws {
    let shop = try Self.shop()
    #expect(
      try shop.ask("customer | select credit * 2 + 1, credit / 0, -credit, abs(credit), credit mod 4") == [
        "21 – -10 10 2", "-14 – 7.5 7.5 0.5", "– – – – –",
      ])
    #expect(
      try shop.ask("customer | select round(credit / 3, 2), floor(credit), bucket(credit, 4), sqrt(credit)") == [
        "3.33 10 8 3.16", "-2.5 -8 -8 –", "– – – –",
      ])
    #expect(
      try shop.ask("customer | select credit else 0, if(credit > 0, \"good\", credit < 0, \"bad\", \"none\")") == [
        "10 good", "-7.5 bad", "0 none",
      ])
  }

  @Test func `Dates step by months and clamp`() throws {
    let shop = try Self.shop()
    #expect(
      try shop.ask("customer | select joined + 1 month, joined - 31 days, month(joined), weekday(joined)") == [
        "2024-02-29 2023-12-31 2024-01 wednesday", "– – – –", "2024-04-15 2024-02-13 2024-03 friday",
      ])
    #expect(try shop.ask("customer | where joined during 2024-Q1 | select key") == ["C1", "C3"])
    #expect(try shop.ask("customer | where joined <= 2024-01 | select key") == ["C1"])
  }

  @Test func `What happens after the as-of day is not known yet`() throws {
    var shop = try Self.shop()
    #expect(try shop.ask("customer | where left is missing | select key") == ["C1", "C2", "C3"])
    shop.asOf = "2025-06-01"
    #expect(try shop.ask("customer | where left is missing | select key") == ["C1", "C2"])
    shop.asOf = "2024-03-31"
    #expect(try shop.ask("customer | select key, count(purchase), count(contact)") == ["C1 1 2", "C2 1 0", "C3 0 0"])
  }

  @Test func `Filters narrow by the order of time`() throws {
    let shop = try Self.shop()
    #expect(
      try shop.ask("customer | select count(purchase since 2024-05-01), count(purchase before 2024-05-01)") == [
        "2 1", "0 2", "0 0",
      ])
    #expect(
      try shop.ask("customer | select sum(amount of purchase where amount > 80)") == ["300 rial", "0 rial", "0 rial"])
    #expect(
      try shop.ask("customer | select sum(amount of purchase where amount > mean(amount of all purchase))") == [
        "300 rial", "0 rial", "0 rial",
      ])
    #expect(
      try shop.ask("customer | select first(purchase).amount, last(purchase).product.name") == [
        "100 rial Pump", "– Valve", "– –",
      ])
    #expect(
      try shop.ask("customer | select median(gaps(purchase)), count(purchase.key)", lists: .text) == [
        "54.5 days b1, b2, b3", "40 days b4, b5", "– ",
      ])
  }

  @Test func `A general kind's records come in time order across its special kinds`() throws {
    let shop = try Self.shop()
    #expect(
      try shop.ask("customer | select count(contact.key), count(contact.kind)", lists: .text) == [
        "k1, v1 call, visit", "k2 call", " ",
      ])
    #expect(
      try shop.ask("contact | select key, distance, length, logged") == [
        "k1 – 5 minutes yes", "v1 12 – –", "k2 – 60 seconds no",
      ])
    #expect(try shop.ask("contact | where contact is call | select key") == ["k1", "k2"])
    #expect(try shop.ask("customer | select share(contact.logged), count(call)") == ["100% 1", "0% 1", "– 0"])
    #expect(try shop.ask("customer | select count(visit or call)") == ["2", "1", "0"])
  }

  @Test func `Paths give each record once`() throws {
    let shop = try Self.shop()
    #expect(
      try shop.ask("customer | select count(name of purchase.product)", lists: .text) == [
        "Pump, Valve", "Pump, Valve", "",
      ])
    #expect(
      try shop.ask("customer | select sum(product.price of purchase), count(purchase.product)") == [
        "230 rial 2", "130 rial 2", "0 rial 0",
      ])
    #expect(
      try shop.ask("product | select name, count(key of purchase.customer)", lists: .text) == [
        "Pump C1, C2", "Valve C1, C2",
      ])
    #expect(
      try shop.ask("product | select name, mode(customer.region of purchase), count(distinct(purchase.amount))") == [
        "Pump North 2", "Valve North 2",
      ])
  }

  @Test func `The whole beside each row is worked out once`() throws {
    let shop = try Self.shop()
    #expect(
      try shop.ask("customer | select key, sum(purchase.amount) / sum(amount of all purchase)") == [
        "C1 0.92", "C2 0.08", "C3 0",
      ])
  }
}
