import PeyvandBase
import PeyvandData

/// Changes as JSON, and back.
///
///     {"declare": {catalogue}}            {"keep": {"name": …, "source": …}}        {"forget": "watch return_rate"}
///     {"define": [{"name": …, "source": …}]}, in journals of earlier versions
///     {"add": 2, "kind": "call", "key": "K-9", "values": [{"field": 7, "name": "topic", "value": "price"}]}
///     {"change": …} and {"remove": 2, "kind": "call", "key": "K-9"} likewise
///     {"append": 2, "kind": "call", "count": 3, "keys": […], "columns": [{"field": 7, "name": "topic", "text": […]}],
///      "creates": [7], "fingerprints": [-17, …], "mode": "updating",
///      "import": {"source": "calls.csv", "at": …, "rows": 3, "rejected": 0, "missing": "keep"}}
///     {"undo_import": 4}
///
/// Kinds and fields are numbers, their places in the catalogue at that moment; the names beside them are for a
/// person who reads. Reading gives nil where anything does not fit; what a change means to the state is for
/// `applying` to say.
enum ChangeJSON {
  // MARK: - Writing

  static func write(_ change: StoreChange, in catalogue: Catalogue, to writer: inout JSONWriter) {
    writer.beginObject()
    switch change {
    case .declare(let new):
      writer.key("declare")
      CatalogueJSON.write(new, to: &writer)
    case .define(let definitions):
      writer.key("define")
      CatalogueJSON.write(definitions, to: &writer)
    case .keep(let definition):
      writer.key("keep")
      CatalogueJSON.write(definition, to: &writer)
    case .forget(let name):
      writer.key("forget")
      writer.string(name)
    case .add(let kind, let key, let values):
      begin("add", kind, key, catalogue, &writer)
      write(values, catalogue, &writer)
    case .change(let kind, let key, let values):
      begin("change", kind, key, catalogue, &writer)
      write(values, catalogue, &writer)
    case .remove(let kind, let key):
      begin("remove", kind, key, catalogue, &writer)
    case .append(let rows): write(rows, catalogue, &writer)
    case .importing(let rows, let mark):
      write(rows, catalogue, &writer)
      writer.key("import")
      write(mark, &writer)
    case .undoImport(let number):
      writer.key("undo_import")
      writer.integer(number)
    }
    writer.endObject()
  }

  static func write(_ mark: ImportMark, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("source")
    writer.string(mark.source)
    writer.key("at")
    writer.integer(mark.at)
    writer.key("rows")
    writer.integer(mark.rows)
    writer.key("rejected")
    writer.integer(mark.rejected)
    if mark.leftOut > 0 {
      writer.key("left_out")
      writer.integer(mark.leftOut)
    }
    writer.key("missing")
    writer.string(mark.missing.rawValue)
    if !mark.going.isEmpty {
      writer.key("going")
      writer.beginArray()
      for key in mark.going { writer.string(key) }
      writer.endArray()
    }
    writer.endObject()
  }

  static func mark(_ json: JSONValue) -> ImportMark? {
    guard let source = json["source"]?.text, let at = json["at"]?.integer, let rows = json["rows"]?.integer,
      let rejected = json["rejected"]?.integer, let missing = json["missing"]?.text.flatMap(MissingPolicy.init)
    else { return nil }
    let leftOut = json["left_out"]?.integer ?? 0
    let counts = 0...Int(Int32.max)
    guard counts.contains(rows), counts.contains(rejected), counts.contains(leftOut), RowCheck.times.contains(Int64(at))
    else { return nil }
    var going: [String] = []
    if let written = json["going"] {
      guard let keys = all(written, { $0.text }) else { return nil }
      going = keys
    }
    return ImportMark(
      source: source, at: Int64(at), rows: rows, rejected: rejected, leftOut: leftOut, missing: missing, going: going)
  }

  private static func begin(
    _ word: String, _ kind: KindID, _ key: String?, _ catalogue: Catalogue, _ writer: inout JSONWriter
  ) {
    writer.key(word)
    writer.integer(Int64(kind.raw))
    writer.key("kind")
    writer.string(catalogue.name(of: kind))
    if let key {
      writer.key("key")
      writer.string(key)
    }
  }

  private static func begin(_ field: FieldID, _ catalogue: Catalogue, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("field")
    writer.integer(Int64(field.raw))
    writer.key("name")
    writer.string(catalogue.field(field)?.name ?? "")
  }

  private static func write(_ values: [FieldID: Value], _ catalogue: Catalogue, _ writer: inout JSONWriter) {
    writer.key("values")
    writer.beginArray()
    for id in values.keys.sorted() {
      begin(id, catalogue, &writer)
      writer.key("value")
      writer.value(CatalogueJSON.json(values[id] ?? .missing))
      writer.endObject()
    }
    writer.endArray()
  }

  static func write(_ rows: NewRows, _ catalogue: Catalogue, _ writer: inout JSONWriter) {
    writer.key("append")
    switch rows.kinds {
    case .all(let kind):
      writer.integer(Int64(kind.raw))
      writer.key("kind")
      writer.string(catalogue.name(of: kind))
    case .each(let kinds):
      writer.beginArray()
      for kind in kinds { writer.integer(Int64(kind.raw)) }
      writer.endArray()
    }
    writer.key("count")
    writer.integer(rows.count)
    if rows.mode != .adding {
      writer.key("mode")
      writer.string(rows.mode.rawValue)
    }
    if let keys = rows.keys {
      writer.key("keys")
      writer.beginArray()
      for key in keys { if let key { writer.string(key) } else { writer.null() } }
      writer.endArray()
    }
    writer.key("columns")
    writer.beginArray()
    for id in rows.columns.keys.sorted() {
      guard let column = rows.columns[id] else { continue }
      begin(id, catalogue, &writer)
      write(column, &writer)
      writer.endObject()
    }
    writer.endArray()
    if !rows.creates.isEmpty {
      writer.key("creates")
      writer.beginArray()
      for id in rows.creates.sorted() { writer.integer(Int64(id.raw)) }
      writer.endArray()
    }
    if let fingerprints = rows.fingerprints {
      writer.key("fingerprints")
      writer.beginArray()
      for value in fingerprints { writer.integer(Int64(bitPattern: value)) }
      writer.endArray()
    }
  }

  /// The member that bears the name of the column's type, and those of its elements for a list.
  private static func write(_ column: Column, _ writer: inout JSONWriter) {
    func all<T>(_ name: String, _ values: some Sequence<T>, _ write: (inout JSONWriter, T) -> Void) {
      writer.key(name)
      writer.beginArray()
      for (index, value) in values.enumerated() {
        if column.isPresent(index) { write(&writer, value) } else { writer.null() }
      }
      writer.endArray()
    }
    switch column.storage {
    case .number(let values): all("number", values) { $0.double($1) }
    case .text(let codes, let dictionary): all("text", codes) { $0.string(dictionary[$1]) }
    case .yesno(let values): all("yesno", values) { $0.bool($1 == Truth.yes) }
    case .date(let values): all("date", values) { $0.integer(Int64($1)) }
    case .time(let values): all("time", values) { $0.integer($1) }
    case .duration(let values): all("duration", values) { $0.double($1) }
    case .reference(let values, let family):
      writer.key("family")
      writer.integer(Int64(family.raw))
      all("rows", values) { $0.integer(Int64($1)) }
    case .list(let offsets, let elements):
      all("lengths", zip(offsets, offsets.dropFirst()).map { $1 - $0 }) { $0.integer(Int64($1)) }
      writer.key("elements")
      writer.beginObject()
      write(elements, &writer)
      writer.endObject()
    }
  }

  // MARK: - Reading

  static func change(_ json: JSONValue) -> StoreChange? {
    if let catalogue = json["declare"] { return CatalogueJSON.catalogue(catalogue).map { .declare($0) } }
    if let definitions = json["define"] { return CatalogueJSON.definitions(definitions).map { .define($0) } }
    if let definition = json["keep"] { return CatalogueJSON.definition(definition).map { .keep($0) } }
    if let name = json["forget"] { return name.text.map { .forget($0) } }
    if let kind = json["add"] {
      guard let kind = id(kind), let values = values(json["values"]) else { return nil }
      return .add(KindID(kind), key: json["key"]?.text, values: values)
    }
    if let kind = json["change"] {
      guard let kind = id(kind), let key = json["key"]?.text, let values = values(json["values"]) else { return nil }
      return .change(KindID(kind), key: key, values: values)
    }
    if let kind = json["remove"] {
      guard let kind = id(kind), let key = json["key"]?.text else { return nil }
      return .remove(KindID(kind), key: key)
    }
    if let number = json["undo_import"] { return number.integer.map { .undoImport($0) } }
    guard let rows = rows(json) else { return nil }
    guard let written = json["import"] else { return .append(rows) }
    return mark(written).map { .importing(rows, $0) }
  }

  private static func id(_ json: JSONValue?) -> Int? {
    guard let number = json?.integer, number >= 0, number < Int(Int32.max) else { return nil }
    return number
  }

  /// Each element, or nil where one does not fit.
  private static func all<T>(_ json: JSONValue?, _ convert: (JSONValue) -> T?) -> [T]? {
    guard let elements = json?.array else { return nil }
    var result: [T] = []
    result.reserveCapacity(elements.count)
    for element in elements {
      guard let value = convert(element) else { return nil }
      result.append(value)
    }
    return result
  }

  private static func values(_ json: JSONValue?) -> [FieldID: Value]? {
    guard
      let pairs = all(
        json,
        { json -> (FieldID, Value)? in
          guard let field = id(json["field"]), let value = json["value"].flatMap(CatalogueJSON.value) else {
            return nil
          }
          return (FieldID(field), value)
        })
    else { return nil }
    return Dictionary(pairs, uniquingKeysWith: { _, last in last })
  }

  static func rows(_ json: JSONValue) -> NewRows? {
    guard let kinds = json["append"], let count = id(json["count"]), let written = json["columns"]?.array else {
      return nil
    }
    var rows = NewRows(kinds: .each([]), count: count)
    if let kind = id(kinds) {
      rows.kinds = .all(KindID(kind))
    } else {
      guard let each = all(kinds, { id($0).map { KindID($0) } }), each.count == count else { return nil }
      rows.kinds = .each(each)
    }
    if let written = json["mode"] {
      guard let mode = written.text.flatMap(NewRows.Mode.init) else { return nil }
      rows.mode = mode
    }
    for json in written {
      guard let field = id(json["field"]), let column = column(json), column.count == count else { return nil }
      rows.columns[FieldID(field)] = column
    }
    if let keys = json["keys"] {
      guard let keys = all(keys, { $0 == .null ? .some(nil) : $0.text.map(Optional.some) }), keys.count == count else {
        return nil
      }
      rows.keys = RowKeys(keys)
    }
    if let creates = json["creates"] {
      guard let fields = all(creates, { id($0).map { FieldID($0) } }) else { return nil }
      rows.creates = Set(fields)
    }
    if let fingerprints = json["fingerprints"] {
      guard let values = all(fingerprints, { $0.integer.map { UInt64(bitPattern: Int64($0)) } }), values.count == count
      else { return nil }
      rows.fingerprints = values
    }
    return rows
  }

  private static func column(_ json: JSONValue) -> Column? {
    var present: [UInt8]?
    func all<T>(_ values: JSONValue?, _ nought: T, _ convert: (JSONValue) -> T?) -> [T]? {
      guard let elements = values?.array else { return nil }
      var mask: [UInt8] = []
      var result: [T] = []
      result.reserveCapacity(elements.count)
      for element in elements {
        if element == .null {
          if mask.isEmpty { mask = [UInt8](repeating: 1, count: elements.count) }
          mask[result.count] = 0
          result.append(nought)
        } else {
          guard let value = convert(element) else { return nil }
          result.append(value)
        }
      }
      present = mask.isEmpty ? nil : mask
      return result
    }
    let storage: Column.Storage?
    if let values = json["number"] {
      storage = all(values, 0) { $0.number }.map { .number($0) }
    } else if let values = json["text"] {
      var dictionary = TextDictionary()
      storage = all(values, 0) { $0.text.flatMap { dictionary.code(of: $0) } }.map { .text($0, dictionary) }
    } else if let values = json["yesno"] {
      storage = all(values, Truth.no) { $0.bool.map { $0 ? Truth.yes : Truth.no } }.map { .yesno($0) }
    } else if let values = json["date"] {
      storage = all(values, 0) { $0.integer.flatMap { Int32(exactly: $0) } }.map { .date($0) }
    } else if let values = json["time"] {
      storage = all(values, 0) { $0.integer.map { Int64($0) } }.map { .time($0) }
    } else if let values = json["duration"] {
      storage = all(values, 0) { $0.number }.map { .duration($0) }
    } else if let values = json["rows"], let family = id(json["family"]) {
      let rows = all(values, Int32(-1)) { $0.integer.flatMap { Int32(exactly: $0) } }
      storage = rows.map { .reference($0, family: KindID(family)) }
    } else if let values = json["lengths"], let elements = json["elements"].flatMap({ column($0) }) {
      guard let lengths = all(values, 0, { $0.integer }) else { return nil }
      var offsets: [Int32] = [0]
      var end = 0
      for length in lengths {
        guard length >= 0, length <= elements.count - end else { return nil }
        end += length
        offsets.append(Int32(clamping: end))
      }
      guard end == elements.count else { return nil }
      storage = .list(offsets: offsets, elements: elements)
    } else {
      return nil
    }
    return storage.map { Column($0, present: present) }
  }
}
