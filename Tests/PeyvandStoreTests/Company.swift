import PeyvandBase
import PeyvandData
import PeyvandStore

/// A small company's catalogue, with every type of field, special kinds, and references of every sort.
struct Company {
  var catalogue = Catalogue()
  let person, customer, rep, serves, contact, call, visit, survey: KindID
  let name, region, chief, tags, friends, limit: FieldID
  let who, whom, start, end, share: FieldID
  let at, about, logged, topic, wait, minutes, place: FieldID
  let asked, score, when: FieldID

  init() {
    var build = Builder()
    person = build.kind("person", .entity)
    customer = build.kind("customer", .entity, is: person)
    rep = build.kind("rep", .entity, is: person)
    serves = build.kind("serves", .relationship)
    contact = build.kind("contact", .event)
    call = build.kind("call", .event, is: contact)
    visit = build.kind("visit", .event, is: contact)
    survey = build.kind("survey", .event)
    name = build.field("name", .text, [person])
    region = build.field("region", .text, [customer])
    chief = build.field("chief", .reference(rep), [rep])
    tags = build.field("tags", .list(.text), [customer])
    friends = build.field("friends", .list(.reference(person)), [person])
    limit = build.field("limit", .number(.named("rial")), [customer, rep])
    who = build.field("rep", .reference(rep), [serves])
    whom = build.field("customer", .reference(customer), [serves])
    start = build.field("start", .date, [serves])
    end = build.field("end", .date, [serves])
    share = build.field("share", .number(.share), [serves])
    at = build.field("at", .time, [contact])
    about = build.field("customer", .reference(customer), [contact])
    logged = build.field("logged", .yesno, [contact])
    topic = build.field("topic", .text, [contact])
    wait = build.field("wait", .duration, [contact])
    minutes = build.field("minutes", .number(.plain), [call])
    place = build.field("place", .text, [visit])
    asked = build.field("contact", .reference(contact), [survey])
    score = build.field("score", .number(.plain), [survey])
    when = build.field("at", .date, [survey])
    catalogue = build.catalogue
  }

  struct Builder {
    var catalogue = Catalogue()

    mutating func kind(_ name: String, _ flavour: KindFlavour, is general: KindID? = nil) -> KindID {
      let id = catalogue.nextKind
      let family = general.flatMap { catalogue.kind($0)?.family } ?? id
      let fields = general.flatMap { catalogue.kind($0)?.fields } ?? []
      catalogue.add(Kind(id: id, name: name, flavour: flavour, general: general, family: family, fields: fields))
      return id
    }

    mutating func field(
      _ name: String, _ type: FieldType, _ kinds: [KindID], required: Bool = false, defaultValue: Value? = nil
    ) -> FieldID {
      let id = catalogue.nextField
      let family = catalogue.kind(kinds[0])?.family ?? kinds[0]
      catalogue.add(
        Field(
          id: id, name: name, type: type, isRequired: required, defaultValue: defaultValue, family: family,
          declaredBy: kinds))
      for var kind in catalogue.kinds where kinds.contains(where: { catalogue.isKind(kind.id, specialOf: $0) }) {
        kind.fields.append(id)
        catalogue.replace(kind)
      }
      return id
    }
  }
}

/// Columns from plain values, for tests.
enum Make {
  static func numbers(_ values: [Double?]) -> Column {
    Column(.number(values.map { $0 ?? 0 }), present: mask(values))
  }
  static func times(_ values: [Int64?]) -> Column { Column(.time(values.map { $0 ?? 0 }), present: mask(values)) }
  static func days(_ values: [Int32?]) -> Column { Column(.date(values.map { $0 ?? 0 }), present: mask(values)) }
  static func texts(_ values: [String?]) -> Column {
    var dictionary = TextDictionary()
    let codes = values.map { $0.flatMap { dictionary.code(of: $0) } ?? 0 }
    return Column(.text(codes, dictionary), present: mask(values))
  }
  static func mask(_ values: [(some Any)?]) -> [UInt8]? {
    values.contains { $0 == nil } ? values.map { $0 == nil ? 0 : 1 } : nil
  }
}
