import PeyvandBase
import PeyvandData
import PeyvandSyntax

extension Session {
  /// What the word at the cursor may become, in order: names of the company first, then words of the language.
  ///
  /// Runs nothing. After `kind.` only that kind's fields and what refers to it are offered.
  /// - Parameter point: the cursor, in bytes of the line.
  public func complete(_ line: String, at point: Int) -> [String] {
    let before = Array(line.utf8.prefix(max(point, 0)))
    let start = (before.lastIndex { Self.wordBreaks.contains($0) } ?? -1) + 1
    let word = String(decoding: before[start...], as: UTF8.self)
    let key = searchKey(word)
    let candidates: [String]
    if start > 0, before[start - 1] == UInt8(ascii: ".") {
      candidates = names(after: before[..<(start - 1)])
    } else if word.isEmpty {
      return []
    } else {
      candidates = catalogue.kinds.map(\.name) + catalogue.fields.map(\.name) + Help.functions + Help.words
    }
    var seen: Set<String> = []
    return candidates.filter { searchKey($0).hasPrefix(key) && seen.insert($0).inserted }
  }

  /// The bytes that end a word, as the line editor has them.
  private static let wordBreaks = Set(" \t\n\"'()[]{}|,;:.=<>!+-*/%".utf8)

  /// What may stand after a dot: the fields of the kind named before it, and the kinds that refer to it; every field
  /// and kind where the word before is no kind.
  private func names(after path: ArraySlice<UInt8>) -> [String] {
    let start = (path.lastIndex { Self.wordBreaks.contains($0) } ?? path.startIndex - 1) + 1
    let word = String(decoding: path[max(start, path.startIndex)...], as: UTF8.self)
    guard let kind = catalogue.kind(named: word) else {
      return catalogue.fields.map(\.name) + catalogue.kinds.map(\.name) + ["key", "kind"]
    }
    let fields = catalogue.fields.filter { field in
      field.family == kind.family
        && field.declaredBy.contains { declarer in
          catalogue.isKind(kind.id, specialOf: declarer) || catalogue.isKind(declarer, specialOf: kind.id)
        }
    }
    let referring = catalogue.kinds.filter { other in
      other.fields.compactMap(catalogue.field).contains { field in
        if case .reference(let goal) = field.type { catalogue.isKind(kind.id, specialOf: goal) } else { false }
      }
    }
    return fields.map(\.name) + referring.map(\.name) + ["key", "kind"]
  }
}
