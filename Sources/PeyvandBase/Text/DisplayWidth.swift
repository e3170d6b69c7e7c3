/// The number of terminal columns that a text takes: 0 for marks, joiners and controls, 2 for East Asian wide
/// characters and emoji, 1 for the rest. Newlines count 0; measure a line at a time.
package func displayWidth(_ text: String) -> Int {
  var width = 0
  for byte in text.utf8 {
    guard byte < 0x80 else { return text.reduce(0) { $0 + characterWidth($1) } }
    if byte >= 0x20, byte != 0x7F { width += 1 }
  }
  return width
}

/// Characters, not scalars, since an emoji of several scalars is drawn as one.
private func characterWidth(_ character: Character) -> Int {
  let scalars = character.unicodeScalars
  guard let first = scalars.first else { return 0 }
  if first.properties.isEmojiPresentation || scalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
  return scalars.reduce(0) { $0 + scalarWidth($1) }
}

private func scalarWidth(_ scalar: Unicode.Scalar) -> Int {
  let value = scalar.value
  if value < 0x300 { return value < 0x20 || (0x7F...0x9F).contains(value) ? 0 : 1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .control, .lineSeparator, .paragraphSeparator: return 0
  // The Arabic number signs are formats that are seen.
  case .format: return (0x600...0x605).contains(value) || value == 0x6DD ? 1 : 0
  default: break
  }
  // The vowels and finals of a Hangul syllable join the consonant before them.
  if (0x1160...0x11FF).contains(value) { return 0 }
  return isWide(value) ? 2 : 1
}

/// Wide and fullwidth in Unicode's EastAsianWidth.txt, by block.
private func isWide(_ value: UInt32) -> Bool {
  switch value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x18D08, 0x1B000...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x3FFFD:
    true
  default: false
  }
}
