import PeyvandBase
import PeyvandData

/// Kinds, fields and settings as JSON, and back.
///
/// Kinds and fields stand in the order of their numbers, so a number is a place. Reading checks every number
/// and word: what does not fit gives nil, and the reader says that the file is damaged.
enum CatalogueJSON {
  // MARK: - Writing

  static func write(_ state: StoreState, to writer: inout JSONWriter) {
    writer.key("catalogue")
    write(state.catalogue, to: &writer, multiline: true)
    writer.key("settings")
    writer.beginObject()
    for name in state.settings.keys.sorted() {
      writer.key(name)
      writer.string(state.settings[name] ?? "")
    }
    writer.endObject()
    writer.key("definitions")
    write(state.definitions, to: &writer, multiline: true)
  }

  static func write(_ catalogue: Catalogue, to writer: inout JSONWriter, multiline: Bool = false) {
    writer.beginObject(multiline: multiline)
    writer.key("calendar")
    write(catalogue.calendar, to: &writer)
    writer.key("kinds")
    writer.beginArray(multiline: multiline)
    for kind in catalogue.kinds { write(kind, to: &writer) }
    writer.endArray()
    writer.key("fields")
    writer.beginArray(multiline: multiline)
    for field in catalogue.fields { write(field, to: &writer) }
    writer.endArray()
    writer.endObject()
  }

  static func write(
    _ definitions: [StoreState.Definition], to writer: inout JSONWriter, multiline: Bool = false
  ) {
    writer.beginArray(multiline: multiline)
    for definition in definitions { write(definition, to: &writer) }
    writer.endArray()
  }

  static func write(_ definition: StoreState.Definition, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("name")
    writer.string(definition.name)
    writer.key("source")
    writer.string(definition.source)
    writer.endObject()
  }

  private static func write(_ kind: Kind, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("name")
    writer.string(kind.name)
    optional("label", kind.label, &writer)
    writer.key("flavour")
    writer.string(kind.flavour.rawValue)
    if let general = kind.general {
      writer.key("general")
      writer.integer(Int64(general.raw))
    }
    writer.key("family")
    writer.integer(Int64(kind.family.raw))
    for (name, fields) in [("fields", kind.fields), ("ends", kind.ends), ("one", kind.oneEnds)] where !fields.isEmpty {
      writer.key(name)
      writer.beginArray()
      for field in fields { writer.integer(Int64(field.raw)) }
      writer.endArray()
    }
    writer.endObject()
  }

  private static func write(_ field: Field, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("name")
    writer.string(field.name)
    optional("label", field.label, &writer)
    writer.key("type")
    writer.value(json(field.type))
    if field.isRequired {
      writer.key("required")
      writer.bool(true)
    }
    if field.happens {
      writer.key("happens")
      writer.bool(true)
    }
    if let value = field.defaultValue {
      writer.key("default")
      writer.value(json(value))
    }
    optional("doc", field.documentation, &writer)
    writer.key("family")
    writer.integer(Int64(field.family.raw))
    writer.key("of")
    writer.beginArray()
    for kind in field.declaredBy { writer.integer(Int64(kind.raw)) }
    writer.endArray()
    writer.endObject()
  }

  private static func optional(_ key: String, _ text: String?, _ writer: inout JSONWriter) {
    guard let text else { return }
    writer.key(key)
    writer.string(text)
  }

  private static func write(_ rules: CalendarRules, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("system")
    writer.string(rules.system == .jalali ? "jalali" : "gregorian")
    writer.key("year_starts")
    writer.integer(rules.yearStartMonth)
    if let start = rules.declaredWeekStart {
      writer.key("week_starts")
      writer.string(start.name)
    }
    // A zone's name alone: its clock changes are the system's, and may be other ones on the day it is read.
    writer.key("zone")
    writer.beginObject()
    writer.key("name")
    writer.string(rules.zone.name)
    writer.key("offset")
    writer.integer(Int64(rules.zone.firstOffset))
    writer.endObject()
    if rules.working.isDeclared {
      writer.key("working_hours")
      writer.beginObject()
      for day in Weekday.allCases {
        guard let hours = rules.working.hours[Int(day.rawValue)] else { continue }
        writer.key(day.name)
        writer.beginArray()
        writer.integer(hours.from)
        writer.integer(hours.to)
        writer.endArray()
      }
      writer.endObject()
    }
    if !rules.working.holidays.isEmpty {
      writer.key("holidays")
      writer.beginArray()
      for day in rules.working.holidays { writer.integer(day) }
      writer.endArray()
    }
    writer.endObject()
  }

  private static func object(_ members: (String, JSONValue)...) -> JSONValue {
    .object(members.map { JSONValue.Member($0.0, $0.1) })
  }

  static func json(_ type: FieldType) -> JSONValue {
    switch type {
    case .number(let unit):
      if unit.isShare { return object(("number", .string("share"))) }
      return unit.name.map { object(("number", object(("in", .string($0))))) } ?? .string("number")
    case .text: return .string("text")
    case .yesno: return .string("yesno")
    case .date: return .string("date")
    case .time: return .string("time")
    case .duration: return .string("duration")
    case .reference(let kind): return object(("reference", .integer(Int64(kind.raw))))
    case .list(let element): return object(("list", json(element)))
    }
  }

  static func json(_ value: Value) -> JSONValue {
    switch value {
    case .missing: .null
    case .number(let number): object(("number", .double(number)))
    case .text(let text): .string(text)
    case .yesno(let flag): .bool(flag)
    case .date(let day): object(("date", .integer(Int64(day))))
    case .time(let instant): object(("time", .integer(instant)))
    case .duration(let duration):
      object(
        ("months", .integer(Int64(duration.months))), ("days", .double(duration.days)),
        ("seconds", .double(duration.seconds)))
    case .period(let period):
      object(("period", .integer(Int64(period.index))), ("unit", .integer(Int64(period.unit.rawValue))))
    case .weekday(let day): object(("weekday", .integer(Int64(day))))
    case .clock(let second): object(("clock", .integer(Int64(second))))
    case .record(let record): object(("kind", .string(record.kind)), ("key", .string(record.key)))
    case .list(let values): .array(values.map(json))
    }
  }

  // MARK: - Reading

  /// Nil where anything does not fit.
  static func definitions(_ json: JSONValue) -> [StoreState.Definition]? {
    guard let elements = json.array else { return nil }
    let definitions = elements.compactMap(definition)
    return definitions.count == elements.count ? definitions : nil
  }

  static func definition(_ json: JSONValue) -> StoreState.Definition? {
    guard let name = json["name"]?.text, let source = json["source"]?.text else { return nil }
    return StoreState.Definition(name: name, source: source)
  }

  /// Nil where anything does not fit.
  static func catalogue(_ json: JSONValue) -> Catalogue? {
    guard let kinds = json["kinds"]?.array, let fields = json["fields"]?.array,
      let calendar = json["calendar"].flatMap(calendar)
    else { return nil }
    var result = Catalogue(calendar: calendar)
    let places = (kinds: kinds.count, fields: fields.count)
    for json in kinds {
      guard let kind = kind(json, id: result.nextKind, places) else { return nil }
      result.add(kind)
    }
    for json in fields {
      guard let field = field(json, id: result.nextField, places) else { return nil }
      result.add(field)
    }
    // Each kind's family is the end of its line of general kinds, and no line is a circle.
    for kind in result.kinds {
      var root = kind
      var steps = 0
      while let general = root.general.flatMap({ result.kind($0) }) {
        root = general
        steps += 1
        if steps > result.kinds.count { return nil }
      }
      guard root.id == kind.family, root.flavour == kind.flavour else { return nil }
      guard (kind.fields + kind.ends + kind.oneEnds).allSatisfy({ result.field($0)?.family == kind.family }) else {
        return nil
      }
    }
    for field in result.fields {
      guard result.kind(field.family)?.family == field.family,
        field.declaredBy.allSatisfy({ result.kind($0)?.family == field.family })
      else { return nil }
    }
    return result
  }

  private static func number(_ json: JSONValue?, below bound: Int) -> Int? {
    guard let value = json?.integer, value >= 0, value < bound else { return nil }
    return value
  }

  private static func fieldIDs(_ json: JSONValue?, below bound: Int) -> [FieldID]? {
    guard let json else { return [] }
    guard let numbers = json.array else { return nil }
    let ids = numbers.compactMap { number($0, below: bound).map(FieldID.init) }
    return ids.count == numbers.count ? ids : nil
  }

  private static func kind(_ json: JSONValue, id: KindID, _ places: (kinds: Int, fields: Int)) -> Kind? {
    guard let name = json["name"]?.text, let flavour = json["flavour"]?.text.flatMap(KindFlavour.init(rawValue:)),
      let family = number(json["family"], below: places.kinds),
      let fields = fieldIDs(json["fields"], below: places.fields),
      let ends = fieldIDs(json["ends"], below: places.fields), let one = fieldIDs(json["one"], below: places.fields)
    else { return nil }
    var general: KindID?
    if let value = json["general"] {
      guard let place = number(value, below: places.kinds) else { return nil }
      general = KindID(place)
    }
    return Kind(
      id: id, name: name, label: json["label"]?.text, flavour: flavour, general: general, family: KindID(family),
      fields: fields, ends: ends, oneEnds: one)
  }

  private static func field(_ json: JSONValue, id: FieldID, _ places: (kinds: Int, fields: Int)) -> Field? {
    guard let name = json["name"]?.text, let type = json["type"].flatMap({ fieldType($0, kinds: places.kinds) }),
      let family = number(json["family"], below: places.kinds), let of = json["of"]?.array
    else { return nil }
    let kinds = of.compactMap { number($0, below: places.kinds).map(KindID.init) }
    guard kinds.count == of.count, !kinds.isEmpty else { return nil }
    var defaultValue: Value?
    if let json = json["default"] {
      guard let value = value(json) else { return nil }
      defaultValue = value
    }
    return Field(
      id: id, name: name, label: json["label"]?.text, type: type, isRequired: json["required"]?.bool ?? false,
      happens: json["happens"]?.bool ?? false, defaultValue: defaultValue, documentation: json["doc"]?.text,
      family: KindID(family), declaredBy: kinds)
  }

  private static func fieldType(_ json: JSONValue, kinds: Int) -> FieldType? {
    switch json.text {
    case "number": return .number(.plain)
    case "text": return .text
    case "yesno": return .yesno
    case "date": return .date
    case "time": return .time
    case "duration": return .duration
    default: break
    }
    if let unit = json["number"] {
      if unit.text == "share" { return .number(.share) }
      return unit["in"]?.text.map { .number(.named($0)) }
    }
    if let kind = json["reference"] { return number(kind, below: kinds).map { .reference(KindID($0)) } }
    if let element = json["list"] { return fieldType(element, kinds: kinds).map { .list($0) } }
    return nil
  }

  static func value(_ json: JSONValue) -> Value? {
    switch json {
    case .null: return .missing
    case .string(let text): return .text(text)
    case .bool(let flag): return .yesno(flag)
    case .array(let elements):
      let values = elements.compactMap(value)
      return values.count == elements.count ? .list(values) : nil
    case .integer, .double: return nil
    case .object: break
    }
    if let number = json["number"]?.number { return .number(number) }
    if let day = json["date"]?.integer { return .date(day) }
    if case .integer(let instant)? = json["time"] { return .time(instant) }
    if let day = json["weekday"]?.integer { return .weekday(day) }
    if let second = json["clock"]?.integer { return .clock(second) }
    if let index = json["period"]?.integer.flatMap({ Int32(exactly: $0) }),
      let unit = json["unit"]?.integer.flatMap({ UInt8(exactly: $0) }).flatMap(PeriodUnit.init(rawValue:))
    {
      return .period(Period(unit: unit, index: index))
    }
    if let months = json["months"]?.integer, let days = json["days"]?.number, let seconds = json["seconds"]?.number {
      return .duration(Duration(months: months, days: days, seconds: seconds))
    }
    if let kind = json["kind"]?.text, let key = json["key"]?.text {
      return .record(RecordReference(kind: kind, key: key))
    }
    return nil
  }

  /// The zone is only its name and first offset: whoever reads seeks it.
  private static func calendar(_ json: JSONValue) -> CalendarRules? {
    guard let system = json["system"]?.text, system == "jalali" || system == "gregorian",
      let start = json["year_starts"]?.integer, let zone = json["zone"], let name = zone["name"]?.text,
      let offset = zone["offset"]?.integer
    else { return nil }
    var weekStart: Weekday?
    if let text = json["week_starts"] {
      guard let day = text.text.flatMap(Weekday.init(name:)) else { return nil }
      weekStart = day
    }
    var working = WorkingTime()
    for member in json["working_hours"]?.members ?? [] {
      guard let day = Weekday(name: member.key), let pair = member.value.array, pair.count == 2,
        let from = pair[0].integer, let to = pair[1].integer, let hours = WorkingTime.Hours(from: from, to: to),
        working.declare(hours, from: day, to: day)
      else { return nil }
    }
    var holidays: [Int] = []
    for day in json["holidays"]?.array ?? [] {
      guard let day = day.integer, CalendarSystem.days.contains(day) else { return nil }
      holidays.append(day)
    }
    working.addHolidays(holidays)
    return CalendarRules(
      system: system == "jalali" ? .jalali : .gregorian, yearStartMonth: start, weekStart: weekStart,
      zone: Zone(name: name, offset: offset), working: working)
  }
}
