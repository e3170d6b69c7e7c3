import PeyvandBase

/// What a set of both of two kinds of different families holds: `purchase or complaint`.
///
/// No one declares it and no name means it; it comes to be where a question asks for it, and its number is the
/// same for the same members, whichever stands first. Its records are those of its members, so a field of any of
/// them may be read from it and is missing elsewhere.
package struct KindUnion: Hashable, Sendable {
  package var kind: Kind
  /// Rising; none is a special case of another.
  package var members: [KindID]
  package var fields: [Field]
  /// Names that its members give to values of different types, so that they cannot be read from all.
  package var conflicts: [String]
}

extension KindID {
  fileprivate static let firstUnion = 1 << 24
  /// Whether it is what a set of several families holds.
  package var isUnion: Bool { Int(raw) >= Self.firstUnion }
}

extension FieldID {
  fileprivate static let firstOfUnions = 1 << 24
  fileprivate static let mostOfAUnion = 1 << 12
  package var isOfAUnion: Bool { Int(raw) >= Self.firstOfUnions }
}

extension Catalogue {
  package func union(_ id: KindID) -> KindUnion? {
    let place = Int(id.raw) - KindID.firstUnion
    return unions.indices.contains(place) ? unions[place] : nil
  }

  func unionField(_ id: FieldID) -> Field? {
    let number = Int(id.raw) - FieldID.firstOfUnions
    let (place, own) = (number / FieldID.mostOfAUnion, number % FieldID.mostOfAUnion)
    guard unions.indices.contains(place), unions[place].fields.indices.contains(own) else { return nil }
    return unions[place].fields[own]
  }

  /// The kinds whose records a kind's set holds: itself, or a union's members.
  package func members(of kind: KindID) -> [KindID] { union(kind)?.members ?? [kind] }

  /// The kind of a set of both; nothing where one is of another flavour.
  package mutating func union(of a: KindID, _ b: KindID) -> KindID? { union(of: [a, b]) }

  /// The kind of a set of all of these.
  package mutating func union(of kinds: [KindID]) -> KindID? {
    let all = Set(kinds.flatMap { self.members(of: $0) })
    let members = all.filter { !isSpecial($0, ofOneOf: all) }.sorted()
    guard let first = members.first, let flavour = kind(first)?.flavour,
      members.allSatisfy({ kind($0)?.flavour == flavour })
    else { return nil }
    if members.count == 1 { return first }
    let place = unions.firstIndex { $0.members == members && isStill($0) } ?? unions.count
    let id = KindID(KindID.firstUnion + place)
    var union = KindUnion(
      kind: Kind(
        id: id, name: members.map { name(of: $0) }.joined(separator: " or "), flavour: flavour, family: id),
      members: members, fields: place < unions.count ? unions[place].fields : [], conflicts: [])
    // A later declaration may have widened its members: what is known keeps its number.
    let known = Set(union.fields.map { nameKey($0.name) })
    for name in fieldNames(of: members) where !known.contains(nameKey(name)) {
      guard union.fields.count < FieldID.mostOfAUnion else { break }
      guard var field = common(name, of: members) else {
        union.conflicts.append(name)
        continue
      }
      field.id = FieldID(FieldID.firstOfUnions + place * FieldID.mostOfAUnion + union.fields.count)
      field.family = id
      field.declaredBy = [id]
      union.fields.append(field)
    }
    // Those that all members have.
    var having: [String: Int] = [:]
    for member in members {
      for key in Set((kind(member)?.fields ?? []).compactMap { self.field($0).map { nameKey($0.name) } }) {
        having[key, default: 0] += 1
      }
    }
    union.kind.fields = union.fields.filter { having[nameKey($0.name)] == members.count }.map(\.id)
    if place < unions.count { unions[place] = union } else { unions.append(union) }
    return id
  }

  /// Whether its members are what they were: after a test or an undone declaration, numbers may mean other kinds.
  private func isStill(_ union: KindUnion) -> Bool {
    union.kind.name == union.members.map { name(of: $0) }.joined(separator: " or ")
      && union.fields.allSatisfy { field in common(field.name, of: union.members)?.type == field.type }
  }

  private func isSpecial(_ kind: KindID, ofOneOf others: Set<KindID>) -> Bool {
    var at = self.kind(kind)?.general
    for _ in 0...kinds.count {
      guard let general = at else { return false }
      if others.contains(general) { return true }
      at = self.kind(general)?.general
    }
    return false
  }

  private func fieldNames(of members: [KindID]) -> [String] {
    var names: [String] = []
    var seen: Set<String> = []
    for member in members.flatMap({ familyOrder($0) }) {
      for id in kind(member)?.fields ?? [] {
        guard let field = field(id), seen.insert(nameKey(field.name)).inserted else { continue }
        names.append(field.name)
      }
    }
    return names
  }

  /// A field of that name as it is read from any of the members; nothing where their types differ.
  private func common(_ name: String, of members: [KindID]) -> Field? {
    let fields = members.compactMap { field(named: name, of: $0) }
    guard var field = fields.first else { return nil }
    for other in fields.dropFirst() {
      switch (field.type, other.type) {
      case (.reference(let a), .reference(let b)):
        guard let general = sharedKind(a, b) else { return nil }
        field.type = .reference(general)
      case (.date, .time), (.time, .date):
        // The time that all stand in order of goes by the coarser clock: where one records no hours, by days.
        guard members.allSatisfy({ timeField(of: $0).map { nameKey($0.name) == nameKey(name) } ?? false }) else {
          return nil
        }
        field.type = .date
      default: guard field.type == other.type else { return nil }
      }
      field.happens = field.happens || other.happens
    }
    field.isRequired = false
    field.defaultValue = nil
    return field
  }

  /// The most special kind that both are.
  package func sharedKind(_ a: KindID, _ b: KindID) -> KindID? {
    var at: KindID? = a
    for _ in 0...kinds.count {
      guard let here = at else { return nil }
      if isKind(b, specialOf: here) { return here }
      at = kind(here)?.general
    }
    return nil
  }

  /// The same without what only questions made.
  package var declared: Catalogue {
    var copy = self
    copy.unions = []
    return copy
  }

  /// The same kinds with the unions that questions have made, in their places; those of kinds that are not there (not yet, or
  /// no longer) are not asked for.
  package func adopting(_ others: [KindUnion]) -> Catalogue {
    var copy = self
    copy.unions = others
    return copy
  }
}
