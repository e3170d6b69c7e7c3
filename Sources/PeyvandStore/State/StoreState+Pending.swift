import PeyvandBase
import PeyvandData

/// Single records: held back while that means the same, and put into their tables together.
extension StoreState {
  /// The same without what is pending, as it stood before.
  var base: StoreState {
    var state = self
    state.pending = nil
    return state
  }

  /// The same with what is pending in its tables.
  func settling() throws(Diagnostics) -> StoreState {
    guard let pending else { return self }
    var state = self
    state.tables = try pending.settled.get().tables
    return state
  }

  /// The state to hold records back over: where the tables were put together already, or very much is pending, anew.
  private func readyToHold() throws(Diagnostics) -> StoreState {
    guard let pending, pending.settled.value != nil || pending.count >= PendingRecords.most else { return self }
    return try settling()
  }

  // MARK: - Holding back

  /// The state with a new record held back; nil where the whole path has to tell what it means.
  func holding(added kind: KindID, key: String?, values: [FieldID: Value]) throws(Diagnostics) -> StoreState? {
    guard let family = catalogue.kind(kind)?.family else { return nil }
    var state = try readyToHold()
    let base = state.base
    let key = key.flatMap { $0.isEmpty ? nil : $0 }
    let folded = key.map { foldedBytes($0) }
    if let key, let folded {
      guard key.utf8.count <= PendingRecords.keyBytes, try base.keyLookup(family).serial(ofFolded: folded) == nil,
        state.pending?.addition(of: folded, in: family) == nil
      else { return nil }
    }
    if state.pending?.mixesNumbers(folded, in: family) == true { return nil }
    let columns = try base.columns(of: values, kind: kind)
    guard try state.isSound(NewRows(kinds: .all(kind), count: 1, keys: [key], columns: columns), isNew: true) else {
      return nil
    }
    try base.readForMerging(family)
    var operation = PendingRecords.Operation(
      place: .added(state.pending?.count ?? 0), family: family, kind: kind, key: key, values: values, isAddition: true)
    if catalogue.kind(family)?.flavour == .event, let field = catalogue.timeField(of: family) {
      if let column = columns[field.id], column.isPresent(0) {
        operation.instant = instant(of: column)
      } else if field.defaultValue != nil {
        return nil
      }
    }
    state.pending = .appended(operation, to: state.pending, over: base)
    return state
  }

  /// The state with new values of a record held back; nil where the whole path has to tell what they mean.
  func holding(changed kind: KindID, key: String, values: [FieldID: Value]) throws(Diagnostics) -> StoreState? {
    guard let family = catalogue.kind(kind)?.family else { return nil }
    // A time decides where a record stands, and how far the data reach.
    if catalogue.kind(family)?.flavour == .event, let field = catalogue.timeField(of: family), values[field.id] != nil {
      return nil
    }
    var state = try readyToHold()
    let base = state.base
    let folded = foldedBytes(key)
    let place: PendingRecords.Place
    let exact: KindID
    var all: [FieldID: Value]
    let lookup = try base.keyLookup(family)
    if let serial = lookup.serial(ofFolded: folded) {
      let row = lookup.rowOfSerial[Int(serial)]
      place = .row(family: family, row)
      exact = base.table(family).kind(ofRow: Int(row)) ?? kind
      if let known = state.pending?.latest(place) {
        all = known.values
      } else {
        all = try base.values(ofRow: row, exact: exact, family)
      }
    } else if let number = state.pending?.addition(of: folded, in: family) {
      place = .added(number)
      guard let known = state.pending?.latest(place) else { return nil }
      exact = known.kind
      // What it is given by default is known once it stands in its table.
      let hasDefaults = catalogue.fields.contains {
        $0.family == family && $0.defaultValue != nil && catalogue.has($0, exact)
      }
      if hasDefaults { return nil }
      all = known.values
    } else {
      return nil
    }
    guard catalogue.isKind(exact, specialOf: kind) else { return nil }
    all = Self.changed(all, by: values)
    let rows = NewRows(kinds: .all(exact), count: 1, columns: try base.columns(of: all, kind: exact))
    guard try state.isSound(rows, isNew: false) else { return nil }
    try base.readForMerging(family)
    let operation = PendingRecords.Operation(
      place: place, family: family, kind: exact, key: key, values: all, isAddition: false)
    state.pending = .appended(operation, to: state.pending, over: base)
    return state
  }

  /// Whether nothing in a row is refused, what is pending being there.
  private func isSound(_ rows: NewRows, isNew: Bool) throws(Diagnostics) -> Bool {
    let pending = pending
    let check = try RowCheck(rows, in: base, isNew: isNew) { key, family in
      pending?.kind(ofAdded: key, in: family)
    }
    return check.rejects.isEmpty
  }

  /// Reads all that putting rows into a family's table reads, so that damage is met while a statement can be refused.
  private func readForMerging(_ family: KindID) throws(Diagnostics) {
    guard let table = tables[family] else { return }
    _ = try table.identity.get()
    _ = try table.fingerprints.get()
    for column in table.columns.values { _ = try column.get() }
  }

  /// The first instant of a column of times or days.
  private func instant(of column: Column) -> Int64? {
    switch column.storage {
    case .date(let days): days.first.map { catalogue.calendar.zone.instant(ofLocalDay: Int($0)) }
    case .time(let instants): instants.first
    default: nil
    }
  }

  /// What a record has, with other values; what is missing is left out, and so is what is emptied.
  static func changed(_ all: [FieldID: Value], by values: [FieldID: Value]) -> [FieldID: Value] {
    all.merging(values) { _, new in new }.filter { $0.value != .missing }
  }

  /// All that a record has.
  func values(ofRow row: Int32, exact: KindID, _ family: KindID) throws(Diagnostics) -> [FieldID: Value] {
    var all: [FieldID: Value] = [:]
    for field in catalogue.fields where field.family == family && catalogue.has(field, exact) {
      all[field.id] = try value(field.id, row: Int(row))
    }
    return all
  }

  // MARK: - Into the tables

  /// The state with operations put into its tables: additions family by family, as many at once as do not wait for
  /// each other, then the last values of what was changed.
  func putting(_ operations: [PendingRecords.Operation]) throws(Diagnostics) -> StoreState {
    do throws(Diagnostics) {
      return try together(operations)
    } catch {
      // One after the other they were said, and so they can be put.
      var state = self
      for operation in operations {
        if operation.isAddition {
          state = try state.addingWhole(operation.kind, key: operation.key, values: operation.values).state
        } else if let key = operation.key {
          state = try state.changingWhole(operation.kind, key: key, values: operation.values)
        }
      }
      return state
    }
  }

  private func together(_ operations: [PendingRecords.Operation]) throws(Diagnostics) -> StoreState {
    var state = self
    state.enter(textsOf: operations)
    for batch in batches(of: operations) {
      guard let family = batch.first?.family else { continue }
      var columns: [FieldID: Column] = [:]
      for id in Set(batch.flatMap(\.values.keys)).sorted() {
        guard let field = catalogue.field(id) else { continue }
        columns[id] = try column(of: batch.map { $0.values[id] ?? .missing }, for: field)
      }
      let done = try state.appending(
        NewRows(kinds: .each(batch.map(\.kind)), count: batch.count, keys: RowKeys(batch.map(\.key)), columns: columns))
      guard done.added == batch.count else {
        throw Diagnostics(StoreDiagnostics.tooMany(catalogue.name(of: family)))
      }
      state = done.state
    }
    // By family the last values of each record, in the order in which they were first said.
    var changed: [KindID: [PendingRecords.Operation]] = [:]
    var places: [PendingRecords.Place: Int] = [:]
    for operation in operations where !operation.isAddition {
      if let place = places[operation.place] {
        changed[operation.family]?[place] = operation
      } else {
        places[operation.place] = changed[operation.family]?.count ?? 0
        changed[operation.family, default: []].append(operation)
      }
    }
    for family in changed.keys.sorted() {
      let records = changed[family] ?? []
      let lookup = try state.keyLookup(family)
      var rows: [Int32] = []
      for record in records {
        guard let row = lookup.row(of: record.key ?? "") else { throw Diagnostics(StoreDiagnostics.noSuchKind()) }
        rows.append(row)
      }
      state = try state.replacing(rows, kinds: records.map(\.kind), values: records.map(\.values), in: family)
    }
    return state
  }

  /// Additions in the order in which they were said within each family; one that refers to another is not put before it.
  private func batches(of operations: [PendingRecords.Operation]) -> [[PendingRecords.Operation]] {
    var batches: [[PendingRecords.Operation]] = []
    // Those that can still be added to: by family the batch, and by batch the keys in it.
    var open: [KindID: Int] = [:]
    var keys: [KindID: [ArraySlice<UInt8>: Int]] = [:]
    for operation in operations where operation.isAddition {
      var after = -1
      for (id, value) in operation.values {
        guard let kind = catalogue.field(id)?.type.referredKind, let goal = catalogue.kind(kind)?.family,
          goal != operation.family, let known = keys[goal]
        else { continue }
        for key in value.referredKeys {
          if let batch = known[foldedBytes(key)] { after = max(after, batch) }
        }
      }
      if let batch = open[operation.family], batch > after {
        batches[batch].append(operation)
      } else {
        open[operation.family] = batches.count
        batches.append([operation])
      }
      if let key = operation.key, let batch = open[operation.family] {
        keys[operation.family, default: [:]][foldedBytes(key)] = batch
      }
    }
    return batches
  }

  /// Gives texts their codes in the order in which they were said, as though each had been put into its table at once:
  /// the same statements make the same bytes wherever a question came in between.
  private mutating func enter(textsOf operations: [PendingRecords.Operation]) {
    var entered: [FieldID: Column] = [:]
    for operation in operations {
      for (id, value) in operation.values {
        guard let field = catalogue.field(id), field.type.holdsTexts else { continue }
        let texts = value.texts
        if texts.isEmpty { continue }
        // Taken out while it is added to, so that it is copied once at most.
        let column =
          entered.removeValue(forKey: id) ?? table(field.family).columns[id]?.value
          ?? .withoutRows(field.type, base: table(field.family).reach(of: field, in: catalogue).lowerBound)
        entered[id] = column.entering(texts)
      }
    }
    for (id, column) in entered {
      guard let family = catalogue.field(id)?.family else { continue }
      var table = table(family)
      table.columns[id] = Deferred(column)
      tables[family] = table
    }
  }
}

extension Value {
  /// The keys of the records meant by a value of a reference's field.
  fileprivate var referredKeys: [String] {
    switch self {
    case .record(let record): [record.key]
    case .text(let key): [key]
    case .list(let items): items.flatMap(\.referredKeys)
    default: []
    }
  }

  fileprivate var texts: [String] {
    switch self {
    case .text(let text): [text]
    case .list(let items): items.flatMap(\.texts)
    default: []
    }
  }
}

extension FieldType {
  fileprivate var holdsTexts: Bool {
    switch self {
    case .text: true
    case .list(let element): element.holdsTexts
    default: false
    }
  }
}

extension Column {
  fileprivate static func withoutRows(_ type: FieldType, base: Int) -> Column {
    guard case .list(let element) = type else { return Column(.text([], TextDictionary()), base: base) }
    return Column(.list(offsets: [0], elements: withoutRows(element, base: 0)), base: base)
  }

  /// The same rows, with texts in the dictionary that none of them may have yet.
  fileprivate consuming func entering(_ texts: [String]) -> Column {
    switch storage {
    case .text(let codes, var dictionary):
      storage = .text([], TextDictionary())
      for text in texts { _ = dictionary.code(of: text) }
      storage = .text(codes, dictionary)
    case .list(let offsets, let elements): storage = .list(offsets: offsets, elements: elements.entering(texts))
    default: break
    }
    return self
  }
}
