import PeyvandBase

/// What was said of a program so far, each thing once for a place.
///
/// A second complaint about the same words would be an echo. Since there can be very many, whether something was said is
/// looked up; and since some readings are only tried, what they said can be taken back.
struct Complaints {
  private struct Place: Hashable {
    var code: String
    var range: SourceRange?
  }
  private(set) var all: [Diagnostic] = []
  private var places: Set<Place> = []

  var count: Int { all.count }

  mutating func add(_ diagnostic: Diagnostic) {
    if places.insert(Place(code: diagnostic.code, range: diagnostic.labels.first?.range)).inserted {
      all.append(diagnostic)
    }
  }

  /// Whether one of these was said of the very place.
  func hold(_ codes: [String], at range: SourceRange) -> Bool {
    codes.contains { places.contains(Place(code: $0, range: range)) }
  }

  /// Takes back what was said after the first so many, and gives it.
  @discardableResult
  mutating func takeBack(after count: Int) -> [Diagnostic] {
    let taken = Array(all.dropFirst(count))
    all.removeLast(taken.count)
    for diagnostic in taken { places.remove(Place(code: diagnostic.code, range: diagnostic.labels.first?.range)) }
    return taken
  }
}
