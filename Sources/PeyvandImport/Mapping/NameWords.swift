import PeyvandBase

/// The words of a name, so that `CustomerID`, `customer_id` and `Customer Id` are one name.
///
/// Tools write the names of columns and files in their own ways; what they mean is told by their words alone, in small
/// letters and by their fold. Nothing here knows what a word means, but for the few that mark an identifier
/// (`customer_id`), a beginning and an end (`start_date`), and a tool's own bookkeeping (`modified_date`).
package struct NameWords: Hashable, Sendable {
  package let words: [String]
  /// Whether the words were told apart by capitals alone: `PurchaseOrderHeader`.
  package let isCamel: Bool

  package init(_ name: String) {
    var words: [String] = []
    var word = ""
    var hasSeparator = false
    var capitals = 0
    let scalars = Array(nameKey(name).unicodeScalars)
    func isUpper(_ place: Int) -> Bool { scalars.indices.contains(place) && scalars[place].properties.isUppercase }
    func isLower(_ place: Int) -> Bool { scalars.indices.contains(place) && scalars[place].properties.isLowercase }
    for (place, scalar) in scalars.enumerated() {
      let category = scalar.properties.generalCategory
      let isPart: Bool
      switch category {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber,
        .decimalNumber, .nonspacingMark, .spacingMark:
        isPart = true
      default: isPart = false
      }
      guard isPart else {
        if !word.isEmpty { words.append(word) }
        hasSeparator = hasSeparator || (!words.isEmpty && place < scalars.count - 1)
        word = ""
        continue
      }
      // `customerID` and `IDNumber`: a capital after a small letter begins a word, and so does one before a small letter.
      if isUpper(place), !word.isEmpty, !isUpper(place - 1) || isLower(place + 1) {
        words.append(word)
        word = ""
        capitals += 1
      }
      word += scalar.properties.lowercaseMapping
    }
    if !word.isEmpty { words.append(word) }
    self.words = words
    isCamel = capitals > 0 && !hasSeparator
  }

  package init(words: [String], isCamel: Bool = false) {
    self.words = words
    self.isCamel = isCamel
  }

  /// `customer_id`
  package var joined: String { words.joined(separator: "_") }

  /// The words with the last in the singular: of `sales_teams` those of `sales_team`.
  package var singular: NameWords {
    guard let last = words.last else { return self }
    return NameWords(words: words.dropLast() + [Self.singular(last)])
  }

  // MARK: What some words mark

  private static let identifiers: Set<String> = [
    "id", "ids", "key", "code", "no", "nr", "num", "number", "ref", "uuid", "guid", "شناسه", "کد", "شماره",
  ]
  private static let plainIdentifiers: Set<String> = ["id", "uuid", "guid", "شناسه", "کد"]
  /// What has a code and is no record: postal codes, national codes.
  private static let codesOfNothing: Set<String> = ["پستی", "ملی", "اقتصادی", "رهگیری", "تلفن", "tax", "session"]
  private static let towards: Set<String> = ["to", "of", "by", "via"]
  private static let beginnings: Set<String> = [
    "start", "starts", "started", "from", "begin", "begins", "since", "شروع",
  ]
  private static let ends: Set<String> = ["end", "ends", "ended", "to", "until", "till", "finish", "پایان"]
  private static let bookkeeping: Set<String> = [
    "modified", "updated", "write", "last", "changed", "synced", "exported",
  ]

  /// `id`, `code`: an identifier and nothing else.
  package var isIdentifier: Bool { words.count == 1 && Self.identifiers.contains(words[0]) }
  /// The same where the word means nothing else: `id`, not `number`.
  package var isPlainIdentifier: Bool { words.count == 1 && Self.plainIdentifiers.contains(words[0]) }
  /// `customer_id`, `id_customer`, `account_number`.
  package var marksIdentifier: Bool { base != nil || isIdentifier }
  /// `reports_to`, `subsidiary_of`.
  package var pointsAt: Bool { words.count > 1 && words.last.map(Self.towards.contains) ?? false }
  /// What the identifier is of: `customer` of `customer_id`.
  package var base: NameWords? { without(Self.identifiers) }
  /// The same where the name says `id`, not only `code` or `number`.
  package var plainBase: NameWords? {
    without(Self.plainIdentifiers).flatMap { base in
      base.words.contains(where: Self.codesOfNothing.contains) ? nil : base
    }
  }
  package var isBeginning: Bool { words.contains(where: Self.beginnings.contains) }
  package var isEnd: Bool { words.contains(where: Self.ends.contains) }
  /// Times that a tool keeps for itself: when it last wrote the row.
  package var isBookkeeping: Bool { words.contains(where: Self.bookkeeping.contains) }

  private func without(_ marks: Set<String>) -> NameWords? {
    guard words.count > 1 else { return nil }
    if let last = words.last, marks.contains(last) { return NameWords(words: Array(words.dropLast())) }
    if let first = words.first, marks.contains(first) { return NameWords(words: Array(words.dropFirst())) }
    return nil
  }

  // MARK: One of many

  private static let unchanged: Set<String> = ["news", "series", "species", "analytics", "goods", "yes"]
  private static let irregular = ["people": "person", "movies": "movie", "statuses": "status", "buses": "bus"]

  static func singular(_ word: String) -> String {
    if let known = irregular[word] { return known }
    if unchanged.contains(word) { return word }
    if word.hasSuffix("ها"), word.count > 3 { return String(word.dropLast(2)) }
    if word.hasSuffix("ies"), word.count > 4 { return word.dropLast(3) + "y" }
    for ending in ["sses", "xes", "ches", "shes"] where word.hasSuffix(ending) { return String(word.dropLast(2)) }
    if word.hasSuffix("ss") || word.hasSuffix("us") || word.hasSuffix("is") || word.count < 3 { return word }
    return word.hasSuffix("s") ? String(word.dropLast()) : word
  }
}
