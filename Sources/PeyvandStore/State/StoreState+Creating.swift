import PeyvandBase
import PeyvandData

extension StoreState {
  /// Records of `kind` of which nothing but the key is known, for those keys that are not there yet.
  /// - Returns: the new state, and the row of each key in it.
  package func creating(_ kind: KindID, keys: [String]) throws(Diagnostics) -> (state: StoreState, rows: [Int32]) {
    guard pending == nil else { return try settling().creating(kind, keys: keys) }
    guard let family = catalogue.kind(kind)?.family else { throw Diagnostics(StoreDiagnostics.noSuchKind()) }
    let lookup = try keyLookup(family)
    let table = self.table(family)
    var keyTable = try table.identity.get().keys
    var index = lookup.index
    var batch = RowBatch()
    let position = Int32(clamping: catalogue.familyOrder(family).firstIndex(of: kind) ?? 0)
    for key in keys where !key.isEmpty {
      let folded = foldedBytes(key)
      if lookup.serial(ofFolded: folded) != nil { continue }
      let first = Int32(clamping: lookup.keys.count)
      if index.find(folded: folded, in: keyTable, where: { $0 >= first }) != nil { continue }
      let serial = Int32(clamping: keyTable.count)
      guard keyTable.append(key) else { throw Diagnostics(StoreDiagnostics.tooMany(catalogue.name(of: kind))) }
      index.insert(serial, folded: folded)
      batch.count += 1
      batch.positions.append(position)
      batch.serials.append(serial)
    }
    var state = self
    if batch.count > 0 {
      let fingerprints = try table.fingerprints.get()
      let (merged, moves) = try table.merged(
        adding: batch, keys: keyTable, fingerprints: Self.padded(fingerprints, to: keyTable.count), in: catalogue)
      state.put(merged, moves: moves)
      caches.keyIndexes.set(index, for: family, versions: [merged.version])
    }
    let found = try state.keyLookup(family)
    return (state, keys.map { found.row(of: $0) ?? -1 })
  }

  static func padded(_ fingerprints: [UInt64], to count: Int) -> [UInt64] {
    fingerprints.isEmpty
      ? [] : fingerprints + [UInt64](repeating: 0, count: max(0, count - fingerprints.count))
  }

  /// Takes a table in, and puts right what refers to rows that moved.
  mutating func put(_ table: FamilyTable, moves: [Int32]?) {
    tables[table.family] = table
    guard let moves else { return }
    for (family, other) in tables where family != table.family {
      var other = other
      var changed = false
      for field in catalogue.fields where field.family == family {
        guard let goal = field.type.referredKind, catalogue.kind(goal)?.family == table.family,
          let column = other.columns[field.id]
        else { continue }
        changed = true
        let moved = table.family
        if let value = column.value {
          other.columns[field.id] = Deferred(value.remapped(moves, family: moved))
        } else {
          other.columns[field.id] = Deferred(reading: { () throws(Diagnostics) in
            try column.get().remapped(moves, family: moved)
          })
        }
      }
      if changed {
        other.columnsVersion = Version()
        tables[family] = other
      }
    }
  }
}
