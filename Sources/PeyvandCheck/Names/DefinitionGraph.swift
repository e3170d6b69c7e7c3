import PeyvandBase
import PeyvandSyntax

/// Which definitions might reach themselves, going by the names in their bodies alone.
///
/// What a name means depends on where it is read, so only a reading tells whether a circle is one. But readings multiply
/// what a short text asks for, and nearly all definitions stand in no circle of names at all: this finds these in the
/// time it takes to go over their text, so that only the others are read for it. Whatever bears one name (a definition,
/// a KPI, the computed fields of several kinds) counts as one here, which can only make the suspects more.
struct DefinitionGraph {
  private let suspects: Set<String>

  /// - Parameter roots: those that are asked about; what they do not speak of, however indirectly, is not looked at.
  init(_ environment: Environment, from roots: [String]) {
    var places: [String: Int] = [:]
    var names: [String] = []
    var uses: [[Int]] = []
    func place(of name: String) -> Int {
      if let place = places[name] { return place }
      places[name] = names.count
      names.append(name)
      return names.count - 1
    }
    for root in roots { _ = place(of: root) }
    while uses.count < names.count {
      let name = names[uses.count]
      var used: Set<Int> = []
      var spoken: [Int] = []
      func use(_ other: Name) {
        let key = nameKey(other.text)
        guard environment.isDefined(key) else { return }
        let place = place(of: key)
        if used.insert(place).inserted { spoken.append(place) }
      }
      environment.definition(named: name)?.syntax.forEachName(use)
      environment.kpi(named: name)?.forEachName(use)
      for definition in environment.computed[name] ?? [] { definition.syntax.forEachName(use) }
      uses.append(spoken)
    }
    var users: [[Int]] = Array(repeating: [], count: names.count)
    for (user, used) in uses.enumerated() { for place in used { users[place].append(user) } }
    // Whatever leads to nothing is in no circle, and then what led only to that; the same the other way round.
    let gone = Self.stripped(uses, users).union(Self.stripped(users, uses))
    suspects = Set(names.indices.filter { !gone.contains($0) }.map { names[$0] })
  }

  private static func stripped(_ ahead: [[Int]], _ behind: [[Int]]) -> Set<Int> {
    var left = ahead.map(\.count)
    var ends = left.indices.filter { left[$0] == 0 }
    var gone: Set<Int> = []
    while let end = ends.popLast() {
      gone.insert(end)
      for place in behind[end] {
        left[place] -= 1
        if left[place] == 0 { ends.append(place) }
      }
    }
    return gone
  }

  func mayReachItself(_ name: String) -> Bool { suspects.contains(nameKey(name)) }
}
