import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandSyntax

/// The kinds that the reference's tests and the random programs are about: small, but with each thing the
/// language knows (special kinds of all flavours, `one`, named ends, a reference to one's own kind, units, days
/// and instants, `happens`, events of events).
package enum CompanySchema {
  package static let text = """
    entity customer {
      name: text
      region: text
      segment: text
      joined: date
      left: date happens
      credit: number
      vip: yesno
      introduced_by: customer
    }
    entity rep { name: text, region: text }
    entity technician is rep { level: number }
    entity contractor { name: text, rate: number in rial }
    entity supplier { name: text, abroad: yesno }
    entity product { name: text, price: number in rial, supplier }
    relationship serves { one rep, customer, weight: number }
    relationship installs { contractor, customer, rating: number, start: time, end: time }
    relationship maintains is installs { fee: number in rial }
    relationship refers { referrer: customer, referred: customer }
    event contact { customer, rep, logged: yesno, topic: text }
    event call is contact { length: duration, direction: text }
    event visit is contact { length: duration, distance: number }
    event purchase { customer, product, amount: number in rial, quantity: number, delivered: date happens, at: date }
    event complaint { customer, product, severity: number }
    event request { customer, technician, severity: number, resolved: time happens }
    event survey { request, satisfaction: number, liked: yesno, at: date }
    event review { customer, at: date }
    """

  /// The catalogue, made by the real front end.
  package static func catalogue(calendar: CalendarRules = CalendarRules()) -> Catalogue {
    var parser = Parser(text)
    var checker = Checker(
      environment: Environment(catalogue: Catalogue(calendar: calendar)), texts: [0: text])
    _ = checker.check(parser.parse().tree)
    return checker.environment.catalogue
  }
}
