@_spi(_Unicode) import Swift

/// What makes two texts the same.
///
/// Persian is typed on keyboards and kept in encodings that write one letter in several ways (ي and ی, ك and ک),
/// drop hamzas or the half-space, or copy shapes instead of letters; joins between two exports lose rows over
/// it. Peyvand therefore compares texts by their *fold*: two values, keys or names are the same where their folds
/// are equal. The text itself is always kept and shown as it came.
///
/// There are three strengths: `folded` for values, keys and groups, `nameKey` for names in a program, and
/// `searchKey` for finding and suggesting. What each does is the table in the Persian reference (section 3);
/// folding a fold changes nothing.
package func folded(_ text: String) -> String {
  isFoldedASCII(text) ? text : Fold.apply(text, punctuation: .besideDigits)
}

/// The key of an identifier or column name: `folded`, every Persian punctuation mark by its ASCII twin, and a
/// space as `_`, so that `` `زمان پاسخ` `` and `زمان_پاسخ` are one name.
package func nameKey(_ name: String) -> String {
  if isFoldedASCII(name) && !name.utf8.contains(UInt8(ascii: " ")) { return name }
  return Fold.apply(name, punctuation: .everywhere).replacing(0x20, with: 0x5F)
}

/// The key for search, completion and suggestions: `folded`, without case, and with آ as ا.
package func searchKey(_ text: String) -> String {
  folded(text).lowercased().replacing(0x622, with: 0x627)
}

/// Persian and Arabic digits as 0–9, all else unchanged.
package func digitsToASCII(_ text: String) -> String {
  guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    result.append(decimalDigit(scalar).flatMap { Unicode.Scalar(UInt32(0x30 + $0)) } ?? scalar)
  }
  return String(result)
}

/// Whether a text is its own fold by a look at its bytes alone: ASCII without a space too many.
private func isFoldedASCII(_ text: String) -> Bool {
  var afterSpace = true
  for byte in text.utf8 {
    if byte >= 0x80 { return false }
    if byte == 0x20 {
      if afterSpace { return false }
      afterSpace = true
    } else {
      if (0x09...0x0D).contains(byte) { return false }
      afterSpace = false
    }
  }
  return !afterSpace || text.isEmpty
}

extension String {
  fileprivate func replacing(_ old: UInt32, with new: UInt32) -> String {
    guard let scalar = Unicode.Scalar(new), unicodeScalars.contains(where: { $0.value == old }) else { return self }
    var result = String.UnicodeScalarView()
    for each in unicodeScalars { result.append(each.value == old ? scalar : each) }
    return String(result)
  }
}

/// The steps of folding, shared by the keys above and by the order of texts.
enum Fold {
  enum Punctuation {
    case besideDigits, everywhere
  }

  static func apply(_ text: String, punctuation: Punctuation) -> String {
    var output: [UInt32] = []
    output.reserveCapacity(text.utf8.count)
    var droppedMark = false
    for scalar in composed(text) {
      guard let value = folded(scalar) else {
        droppedMark = true
        continue
      }
      if value == 0x20, output.last == 0x20 || output.isEmpty { continue }
      output.append(value)
    }
    if output.last == 0x20 { output.removeLast() }
    mapPunctuation(&output, punctuation)
    let result = self.text(of: output)
    // A mark that went may have stood between a Latin letter and its accent.
    return droppedMark ? self.text(of: result._nfc.map(\.value)) : result
  }

  private static func text(of values: [UInt32]) -> String {
    var result = String.UnicodeScalarView()
    for value in values {
      if let scalar = Unicode.Scalar(value) { result.append(scalar) }
    }
    return String(result)
  }

  /// The scalars of a text in NFC, after presentation forms became letters and what is invisible went: both come
  /// first, since either may stand between a letter and a mark that belong together.
  static func composed(_ text: String) -> [UInt32] {
    var cleaned = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let letters = PresentationForms.letters(of: scalar.value) {
        for letter in letters {
          if let scalar = Unicode.Scalar(letter) { cleaned.append(scalar) }
        }
      } else if !isInvisible(scalar.value) {
        cleaned.append(scalar)
      }
    }
    return String(cleaned)._nfc.map(\.value)
  }

  /// Joiners, tatweel, marks of direction and the byte order mark, with the zero-width space and word joiner of
  /// web pages.
  static func isInvisible(_ value: UInt32) -> Bool {
    switch value {
    case 0x0640, 0x061C, 0x200B...0x200F, 0x202A...0x202E, 0x2060, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }

  /// Vowel signs, hamza and madda that stand alone, superscript alef, marks of recitation.
  static func isArabicMark(_ value: UInt32) -> Bool {
    switch value {
    case 0x0610...0x061A, 0x064B...0x065F, 0x0670, 0x06D6...0x06DC, 0x06DF...0x06E4, 0x06E7, 0x06E8, 0x06EA...0x06ED:
      true
    default: false
    }
  }

  /// What a scalar of composed text folds to; nil where it is dropped.
  static func folded(_ value: UInt32) -> UInt32? {
    if value < 0x80 { return (0x09...0x0D).contains(value) ? 0x20 : value }
    switch value {
    case 0x064A, 0x0649, 0x0626: return 0x06CC  // ي ى ئ → ی
    case 0x0643, 0x06AA: return 0x06A9  // ك ڪ → ک
    case 0x06C1, 0x06BE, 0x06D5, 0x0629, 0x06C0, 0x06C2, 0x06C3: return 0x0647  // ہ ھ ە ة ۀ ۂ ۃ → ه
    case 0x0623, 0x0625, 0x0671: return 0x0627  // أ إ ٱ → ا
    case 0x0624: return 0x0648  // ؤ → و
    case 0x0660...0x0669: return value - 0x0660 + 0x30
    case 0x06F0...0x06F9: return value - 0x06F0 + 0x30
    case 0x0085, 0x00A0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return 0x20
    default: return isArabicMark(value) ? nil : value
    }
  }

  /// The decimal sign, thousands sign, percent sign, comma, semicolon and question mark of Persian, by their ASCII
  /// twins: in names everywhere, in values only beside a digit, where they are the punctuation of a number.
  private static func mapPunctuation(_ output: inout [UInt32], _ punctuation: Punctuation) {
    func isDigit(_ index: Int) -> Bool {
      output.indices.contains(index) && (0x30...0x39).contains(output[index])
    }
    for index in output.indices {
      let twin: UInt32
      switch output[index] {
      case 0x066B: twin = 0x2E
      case 0x066C, 0x060C: twin = 0x2C
      case 0x066A: twin = 0x25
      case 0x061B: twin = 0x3B
      case 0x061F: twin = 0x3F
      default: continue
      }
      if punctuation == .everywhere || isDigit(index - 1) || isDigit(index + 1) { output[index] = twin }
    }
  }
}
