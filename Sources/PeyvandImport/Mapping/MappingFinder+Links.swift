import PeyvandBase
import PeyvandData
import PeyvandStore

/// Which columns refer to records.
extension MappingFinder {
  /// A reference that was found.
  struct Link {
    var family: KeyFamily
    var containment: Containment
    var isNamed: Bool
    var creates: Bool
  }

  /// All families whose keys are known while a file is looked at.
  func families(besides file: Int) -> [KeyFamily] {
    var result: [KeyFamily] = []
    for kind in catalogue.kinds where kind.general == nil && kind.flavour != .relationship {
      let count = state.rows(of: kind.id).count
      result.append(
        KeyFamily(
          kind: kind.name, label: kind.label, count: count, sources: [.store(state, kind.family)],
          isBegunByReference: kind.fields.isEmpty || count == 0))
    }
    for other in kinds.indices {
      guard let key = keys[other], profiles[other][key].texts != nil || profiles[other][key].canBeKey else { continue }
      let column = profiles[other][key]
      let family = kinds[other].existing.flatMap { catalogue.kind($0.family)?.name } ?? kinds[other].name
      let place =
        result.firstIndex { $0.kind == family }
        ?? {
          result.append(KeyFamily(kind: family, count: 0, sources: [], isBegunByReference: false))
          return result.count - 1
        }()
      if let texts = column.texts {
        result[place].add(file: other, texts)
      } else if column.canBeKey {
        result[place].add(unheld: other, count: column.distinct)
      }
    }
    return result
  }

  /// What a column refers to, if anything.
  /// - Returns: the reference, or in words what its values would allow without a name that says so.
  func link(_ column: ColumnProfile, of file: Int, among families: [KeyFamily]) -> (link: Link?, possible: String?) {
    guard column.canBeKey, column.distinct > 0 else { return (nil, nil) }
    let base = column.words.base ?? column.words
    // A kind that other columns begin is meant by an identifier only: `state_id`, not `state`.
    let named = families.filter { family in
      (family.isNamed(base) || family.isNamed(column.words)) && (!family.isNew || column.words.base != nil)
    }
    var best: Link?
    // Where one of both is too large to be compared, an identifier's name is enough: each value is looked up on import.
    if let family = named.first(where: { column.texts == nil || $0.isUnheld }), named.count == 1,
      column.words.plainBase != nil
    {
      return (
        Link(family: family, containment: Containment(unheld: column, in: family), isNamed: true, creates: false), nil
      )
    }
    guard column.texts != nil else { return (nil, nil) }
    for family in named {
      let containment = Containment(column, in: family)
      // Named and mostly keys; where the family has no records to speak of, its name is enough.
      if family.isBegunByReference {
        if best == nil { best = Link(family: family, containment: containment, isNamed: true, creates: true) }
      } else if containment.share >= 0.5, best.map({ $0.creates || $0.containment.share < containment.share }) ?? true {
        best = Link(family: family, containment: containment, isNamed: true, creates: false)
      }
    }
    if let best { return (best, nil) }
    guard named.isEmpty else {
      let containment = Containment(column, in: named[0])
      return (
        nil,
        "`\(column.name)` is called like \(named[0].kind), but only \(containment.keys) of \(containment.values) values are keys of it"
      )
    }
    let isNumber = if case .number = column.found.type { true } else { false }
    let looksLikeReference = column.words.marksIdentifier || column.words.pointsAt
    var found: [Containment] = []
    var sizes: [Int] = []
    for family in families where Containment.isWorthwhile(column, in: family) {
      let containment = Containment(column, in: family)
      guard containment.share >= 0.95 else { continue }
      found.append(containment)
      sizes.append(family.count)
    }
    guard !found.isEmpty else { return (nil, nil) }
    // `reports_to` of an employee: a name that points, and values that are all keys of the file itself.
    if column.words.pointsAt, let own = found.first(where: { $0.family == kinds[file].name && $0.share == 1 }),
      let family = families.first(where: { $0.kind == own.family })
    {
      return (Link(family: family, containment: own, isNamed: false, creates: false), nil)
    }
    // Small numbers are keys of everything: they count where the name marks an identifier and one family alone fits.
    let order = found.indices.sorted { sizes[$0] < sizes[$1] }
    let coverage = Double(found[order[0]].keys) / Double(max(sizes[order[0]], 1))
    let isAlone = order.count == 1 || sizes[order[1]] >= 3 * sizes[order[0]]
    let isSure =
      isNumber
      ? looksLikeReference && isAlone && coverage >= 0.5 && found[order[0]].values >= 3
      : isAlone && found[order[0]].values >= 3
    let chosen = found[order[0]]
    if isSure, let family = families.first(where: { $0.kind == chosen.family }) {
      return (Link(family: family, containment: chosen, isNamed: false, creates: false), nil)
    }
    guard looksLikeReference || !isNumber else { return (nil, nil) }
    let words = order.prefix(3).map { "\(found[$0].keys) of \(found[$0].values) are keys of \(found[$0].family)" }
    return (nil, "`\(column.name)` may refer to a record: \(words.joined(separator: ", "))")
  }
}
