import PeyvandBase

/// One line of a source, made safe to print and no wider than the room for it, with the place to mark in it.
struct Excerpt {
  /// The line, cut around the place where it is too long.
  let text: String
  /// Whether something of the line is not shown.
  let isCut: Bool
  /// The marked text by itself.
  let word: String
  /// Columns before the marks and under them; nil where the line does not run left to right.
  private let columns: (before: Int, under: Int)?

  /// So much of a line is looked at on each side of the place; the rest could not be shown anyway.
  private static let reach = 2_000

  init(_ range: SourceRange, in source: SourceText, line: Int, width: Int) {
    let bytes = source.byteRange(ofLine: line)
    let start = min(max(Int(range.start), bytes.lowerBound), bytes.upperBound)
    let end = min(max(Int(range.end), start), bytes.upperBound)
    let low = max(bytes.lowerBound, start - Self.reach)
    let high = min(bytes.upperBound, end + Self.reach, start + 2 * Self.reach)
    let before = Self.printable(source.text(low..<start))
    let marked = Self.printable(source.text(start..<min(end, high)))
    let after = Self.printable(source.text(min(end, high)..<high))

    word = TerminalTable.cut(marked, to: 60)
    let runsLeftToRight = !Self.holdsRightToLeft(before + marked + after)

    // The place has the first claim to the room, then what stands before it, then what follows.
    let room = max(width, 20)
    let whole = displayWidth(before) + displayWidth(marked) + displayWidth(after)
    if whole <= room, low == bytes.lowerBound, high == bytes.upperBound {
      text = before + marked + after
      isCut = false
      columns = runsLeftToRight ? (displayWidth(before), displayWidth(marked)) : nil
      return
    }
    let middle = TerminalTable.cut(marked, to: room * 2 / 3)
    let spare = room - displayWidth(middle)
    let tail = displayWidth(after)
    let head = Self.end(of: before, width: max(spare - min(tail, spare / 3), 1), isWhole: low == bytes.lowerBound)
    let rest = max(spare - displayWidth(head), 1)
    let follow =
      high == bytes.upperBound ? TerminalTable.cut(after, to: rest) : TerminalTable.cut(after + "…", to: rest)
    text = head + middle + follow
    isCut = true
    columns = runsLeftToRight ? (displayWidth(head), displayWidth(middle)) : nil
  }

  /// The marks under the place, at least one; nil where they could not be trusted.
  func marks(_ mark: Character) -> String? {
    guard let columns else { return nil }
    return String(repeating: " ", count: max(columns.before, 0)) + String(repeating: mark, count: max(columns.under, 1))
  }

  private static func end(of text: String, width: Int, isWhole: Bool) -> String {
    if isWhole, displayWidth(text) <= width { return text }
    var kept: [Character] = []
    var used = 0
    for character in text.reversed() {
      let next = displayWidth(String(character))
      guard used + next <= width - 1 else { break }
      used += next
      kept.append(character)
    }
    return "…" + String(kept.reversed())
  }

  private static func printable(_ text: String) -> String {
    var plain = ""
    for scalar in text.unicodeScalars {
      if scalar == "\t" { plain += "    " } else { plain.unicodeScalars.append(scalar) }
    }
    return escapedForTerminal(plain)
  }

  /// Whether a text holds letters of Hebrew, Arabic, Syriac and their kin.
  private static func holdsRightToLeft(_ text: String) -> Bool {
    text.unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
      default: false
      }
    }
  }
}
