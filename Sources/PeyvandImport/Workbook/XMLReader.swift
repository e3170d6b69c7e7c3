import CExpat
import PeyvandBase

/// What is told of an XML text as it is read.
///
/// A class, since expat calls back with one pointer; subclasses take what they need. Names come without their prefix.
class XMLVisitor {
  /// Set to stop, with the reason.
  var failure: ArchiveFault?

  func begin(_ name: XMLName, _ attributes: XMLAttributes) {}
  func end(_ name: XMLName) {}
  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// The name of an element, compared without being made into a text.
struct XMLName {
  private let start: UnsafePointer<CChar>

  /// Expat puts the namespace and a line end before a name that has one.
  init(_ name: UnsafePointer<CChar>) {
    var start = name
    var at = name
    while at.pointee != 0 {
      if at.pointee == 0x0A { start = at + 1 }
      at += 1
    }
    self.start = start
  }

  static func == (name: XMLName, word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    for index in 0..<count where UInt8(bitPattern: name.start[index]) != word.utf8Start[index] { return false }
    return name.start[count] == 0
  }

  static func ~= (word: StaticString, name: XMLName) -> Bool { name == word }
}

/// The attributes of an element: valid while it is being told.
struct XMLAttributes {
  fileprivate let list: UnsafeMutablePointer<UnsafePointer<CChar>?>?

  subscript(_ name: StaticString) -> String? {
    guard let value = value(name) else { return nil }
    return String(validatingCString: value)
  }

  /// A value as bytes that end with a nought.
  func value(_ name: StaticString) -> UnsafePointer<CChar>? {
    guard let list else { return nil }
    var at = 0
    while let key = list[at], let value = list[at + 1] {
      if XMLName(key) == name { return value }
      at += 2
    }
    return nil
  }

  func isTrue(_ name: StaticString) -> Bool {
    let value = self[name]
    return value == "1" || value == "true"
  }
}

/// Reads XML through expat, piece by piece.
///
/// The XML of a workbook may come from anyone: a document type (and with it every entity of its own) is refused, so is
/// nesting beyond a limit. Nothing outside the text is ever fetched.
final class XMLReader {
  private let parser: OpaquePointer
  private let visitor: XMLVisitor
  private var depth = 0

  init(_ visitor: XMLVisitor) throws(ArchiveFault) {
    guard let parser = XML_ParserCreateNS(nil, 0x0A) else {
      throw ArchiveFault(kind: .other, words: "there is no memory to read it")
    }
    self.parser = parser
    self.visitor = visitor
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { data, name, attributes in
        guard let data, let name else { return }
        Unmanaged<XMLReader>.fromOpaque(data).takeUnretainedValue().begin(name, attributes)
      },
      { data, name in
        guard let data, let name else { return }
        Unmanaged<XMLReader>.fromOpaque(data).takeUnretainedValue().end(name)
      })
    XML_SetCharacterDataHandler(parser) { data, text, count in
      guard let data, let text else { return }
      Unmanaged<XMLReader>.fromOpaque(data).takeUnretainedValue().text(text, Int(count))
    }
    XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
      guard let data else { return }
      Unmanaged<XMLReader>.fromOpaque(data).takeUnretainedValue().refuse("its XML has a document type of its own")
    }
  }

  deinit { XML_ParserFree(parser) }

  /// Takes the next piece of the text.
  func read(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(ArchiveFault) {
    let count = Int32(clamping: bytes.count)
    let status = XML_Parse(parser, bytes.bindMemory(to: CChar.self).baseAddress, count, isLast ? 1 : 0)
    if let failure = visitor.failure { throw failure }
    guard status == XML_STATUS_OK else {
      let words = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "it cannot be read"
      throw .damaged("its XML is wrong in line \(XML_GetCurrentLineNumber(parser)): \(words)")
    }
  }

  private func begin(_ name: UnsafePointer<CChar>, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
    depth += 1
    guard depth <= Limits.Fixed.xmlDepth else {
      refuse("its XML is nested deeper than \(Limits.Fixed.xmlDepth) levels")
      return
    }
    guard visitor.failure == nil else { return }
    visitor.begin(XMLName(name), XMLAttributes(list: attributes))
    if visitor.failure != nil { XML_StopParser(parser, 0) }
  }

  private func end(_ name: UnsafePointer<CChar>) {
    depth -= 1
    guard visitor.failure == nil else { return }
    visitor.end(XMLName(name))
    if visitor.failure != nil { XML_StopParser(parser, 0) }
  }

  private func text(_ text: UnsafePointer<CChar>, _ count: Int) {
    guard visitor.failure == nil, count > 0 else { return }
    text.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
      visitor.text(UnsafeBufferPointer(start: bytes, count: count))
    }
  }

  private func refuse(_ words: String) {
    if visitor.failure == nil { visitor.failure = ArchiveFault(kind: .damaged, words: words) }
    XML_StopParser(parser, 0)
  }
}
