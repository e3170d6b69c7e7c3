import PeyvandBase
import PeyvandData

/// What one part of a store holds of the memory.
package struct MemoryPart: Hashable, Sendable {
  package enum Use: String, Hashable, Sendable, CaseIterable {
    /// The values of a field, with what says which are missing.
    case column
    /// The texts of a field.
    case texts
    /// Which record stands where, and its key.
    case keys
    /// How records without a key are known again.
    case fingerprints
    /// Of each record those that refer to it, in time order.
    case timelines
    /// The times of a timeline's rows, beside them.
    case times
    /// The order in time where records do not stand in it, and their places in it.
    case orders
    /// How a record is found by its key.
    case indexes
  }
  /// The kind that leads the family whose records it is for.
  package var family: KindID
  package var use: Use
  /// The field, or the kind and the fields of a timeline.
  package var name: String
  package var bytes: Int
}

/// Where the memory of a store goes: the sum over the buffers that it keeps, room to grow included.
///
/// Only what is there is counted: a column that no question has read yet takes nothing, and neither does a timeline that
/// none has asked for. What a question works with while it runs is not the store's.
extension StoreState {
  package var memory: [MemoryPart] {
    var parts: [MemoryPart] = []
    for (family, table) in tables.sorted(by: { $0.key < $1.key }) { parts += Self.memory(of: table, family, catalogue) }
    parts += timelineMemory()
    for (kind, order) in caches.timeOrders.held + caches.timePlaces.held + caches.passing.orders.held {
      let name = catalogue.name(of: kind.kind)
      add(.orders, of: kind.kind, name, (order?.capacity ?? 0) * 4, to: &parts)
    }
    for (family, index) in caches.keyIndexes.held { add(.indexes, of: family, "key", index.heldBytes, to: &parts) }
    for (family, rows) in caches.rowsOfSerials.held { add(.indexes, of: family, "row", rows.capacity * 4, to: &parts) }
    for (family, set) in caches.fingerprints.held {
      add(.indexes, of: family, "fingerprint", set.heldBytes, to: &parts)
    }
    return parts.sorted { ($0.family, $0.use.rawValue, $0.name) < ($1.family, $1.use.rawValue, $1.name) }
  }

  private func add(_ use: MemoryPart.Use, of kind: KindID, _ name: String, _ bytes: Int, to parts: inout [MemoryPart]) {
    guard bytes > 0 else { return }
    parts.append(MemoryPart(family: catalogue.kind(kind)?.family ?? kind, use: use, name: name, bytes: bytes))
  }

  private static func memory(of table: FamilyTable, _ family: KindID, _ catalogue: Catalogue) -> [MemoryPart] {
    var parts: [MemoryPart] = []
    /// Dictionaries that two columns share are one.
    var counted: Set<UInt> = []
    for (field, deferred) in table.columns.sorted(by: { $0.key < $1.key }) {
      guard let column = deferred.value else { continue }
      let name = catalogue.field(field)?.name ?? ""
      parts.append(MemoryPart(family: family, use: .column, name: name, bytes: column.heldBytes))
      if let texts = texts(of: column), texts.count > 0, counted.insert(texts.address).inserted {
        parts.append(MemoryPart(family: family, use: .texts, name: name, bytes: texts.heldBytes))
      }
    }
    if let identity = table.identity.value {
      parts.append(
        MemoryPart(
          family: family, use: .keys, name: "", bytes: identity.serials.capacity * 4 + identity.keys.heldBytes))
    }
    if let fingerprints = table.fingerprints.value, fingerprints.capacity > 0 {
      parts.append(MemoryPart(family: family, use: .fingerprints, name: "", bytes: fingerprints.capacity * 8))
    }
    return parts
  }

  /// The texts that a column refers to, or the elements of its lists.
  private static func texts(of column: Column) -> TextDictionary? {
    if case .list(_, let elements) = column.storage { return texts(of: elements) }
    return column.dictionary
  }

  private func timelineMemory() -> [MemoryPart] {
    var parts: [MemoryPart] = []
    func name(_ kind: KindID, _ fields: [FieldID]) -> String {
      catalogue.name(of: kind) + " via " + fields.map { catalogue.field($0)?.name ?? "" }.joined(separator: " or ")
    }
    for (key, adjacency) in caches.adjacencies.held {
      add(.timelines, of: key.kind, name(key.kind, [key.field]), adjacency.heldBytes, to: &parts)
    }
    for (key, adjacency) in caches.timelines.held {
      add(.timelines, of: key.kind, name(key.kind, key.fields), adjacency?.heldBytes ?? 0, to: &parts)
    }
    for (key, times) in caches.times.held {
      add(.times, of: key.kind, name(key.kind, key.fields), times?.heldBytes ?? 0, to: &parts)
    }
    return parts
  }
}
