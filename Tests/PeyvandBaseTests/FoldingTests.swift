import PeyvandBase
import Testing

@Suite struct FoldingTests {
  /// The Persian reference, section 8, item 7.
  @Test(arguments: [
    ("علي", "علی"), ("كاظم", "کاظم"), ("تأمین", "تامین"), ("رئیس", "رییس"), ("نامهٔ", "نامه"), ("نامۀ", "نامه"),
    ("مسأله", "مساله"), ("مؤسسه", "موسسه"), ("پائیز", "پاییز"), ("تأمین‌کننده", "تامینکننده"),
  ])
  func sameText(_ a: String, _ b: String) {
    #expect(folded(a) == folded(b))
    #expect(compareText(a, b) != 0)
  }

  @Test(arguments: [
    ("آرش", "ارش"), ("جزء", "جز"), ("سه شنبه", "سه‌شنبه"), ("رحمت", "رحمة"), ("Ali", "ali"), ("طهران", "تهران"),
  ])
  func differentText(_ a: String, _ b: String) {
    #expect(folded(a) != folded(b))
  }

  /// The rows of the table, one a line: what is written and its fold.
  @Test(arguments: [
    ("\u{64A}\u{649}\u{6CC}", "\u{6CC}\u{6CC}\u{6CC}"),
    ("\u{643}\u{6AA}", "\u{6A9}\u{6A9}"),
    ("\u{6C1}\u{6BE}\u{6D5}", "\u{647}\u{647}\u{647}"),
    ("\u{629}\u{6C0}\u{647}\u{654}\u{6C2}", "\u{647}\u{647}\u{647}\u{647}"),
    ("\u{623}\u{625}\u{671}\u{624}\u{626}", "\u{627}\u{627}\u{627}\u{648}\u{6CC}"),
    ("\u{627}\u{653}\u{627}\u{654}\u{6CC}\u{654}", "\u{622}\u{627}\u{6CC}"),
    ("\u{621}", "\u{621}"),
    (
      "\u{628}\u{200C}\u{640}\u{64E}\u{651}\u{670}\u{200E}\u{200F}\u{61C}\u{202A}\u{2066}\u{2069}\u{FEFF}\u{200D}\u{645}",
      "\u{628}\u{645}"
    ),
    ("\u{A0} a\u{202F}\u{2003}\tb \n", "a b"),
    ("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩", "0123456789 0123456789"),
    ("۱٬۲۵۰٫۵ ۳۵٪ سلام، بله؟", "1,250.5 35% سلام، بله؟"),
    ("طبقهٔ ۲", "طبقه 2"),
    ("\u{FEB3}\u{FEFC}\u{FEE1}", "سلام"),
    ("\u{FDFC}", "ریال"),
    ("\u{FDF2}\u{FBFD}\u{FB8E}", "اللهیک"),
    ("\u{FDFA}", "صلی الله علیه وسلم"),
    ("\u{FE76}\u{FEFF}", ""),
    ("e\u{301}", "\u{E9}"),
    ("e\u{200D}\u{301}", "\u{E9}"),
    ("", ""), ("   ", ""), ("a  b", "a b"), (" a", "a"), ("a ", "a"),
  ])
  func theTable(_ written: String, _ fold: String) {
    let result = folded(written)
    // Scalar by scalar: `==` of texts would see canonical equivalents as one.
    #expect(Array(result.unicodeScalars) == Array(fold.unicodeScalars))
    #expect(Array(folded(result).unicodeScalars) == Array(result.unicodeScalars))
  }

  /// Every scalar alone and between neighbours that marks, digits and joiners can act on.
  @Test func foldingAFoldChangesNothing() {
    var unstable: [String] = []
    let ranges: [ClosedRange<UInt32>] = [0x0...0x24F, 0x300...0x36F, 0x600...0x6FF, 0x2000...0x206F, 0xFB50...0xFEFF]
    for value in ranges.joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for (before, after) in [
        ("", ""), ("ا", "\u{653}"), ("5", "٬"), ("٬", "5"), ("e", "\u{301}"), ("ی\u{200C}", "\u{654}"),
      ] {
        var text = before
        text.unicodeScalars.append(scalar)
        text += after
        for key in [folded, nameKey, searchKey] {
          let once = key(text)
          if Array(key(once).unicodeScalars) != Array(once.unicodeScalars) { unstable.append(text) }
        }
      }
    }
    #expect(unstable.isEmpty)
  }

  @Test func presentationFormsAreWhatUnicodeSays() {
    // The four shapes of each letter fold to the letter.
    #expect(folded("\u{FE8D}\u{FE8E}") == "اا")
    #expect(folded("\u{FB56}\u{FB57}\u{FB58}\u{FB59}") == "پپپپ")
    #expect(folded("\u{FB92}\u{FB93}\u{FB94}\u{FB95}") == "گگگگ")
    #expect(folded("\u{FEEB}\u{FEEC}\u{FEE9}\u{FEEA}") == "هههه")
    #expect(folded("\u{FBFC}\u{FBFD}\u{FBFE}\u{FBFF}") == "یییی")
    #expect(folded("\u{FEF5}\u{FEFB}") == "لآلا")
  }

  @Test func names() {
    #expect(nameKey("زمان پاسخ") == nameKey("زمان_پاسخ"))
    #expect(nameKey("سفارش‌ها") == nameKey("سفارشها"))
    #expect(nameKey("return_rate") == "return_rate")
    #expect(nameKey("Return Rate") == "Return_Rate")
    #expect(nameKey("قيمت، ريال؟") == "قیمت,_ریال?")
    #expect(nameKey("q۱") == "q1")
  }

  @Test func search() {
    #expect(searchKey("Ali  REZA") == "ali reza")
    #expect(searchKey("آرش") == searchKey("ارش"))
    #expect(searchKey("جزء") != searchKey("جز"))
  }

  @Test func digits() {
    #expect(digitsToASCII("۱۴۰۳/٠٢/12 ي") == "1403/02/12 ي")
  }
}

@Suite struct TextOrderTests {
  private func sorted(_ texts: [String]) -> [String] {
    let one = texts.sorted { compareText($0, $1) < 0 }
    #expect(sortedPlaces(of: texts).map { texts[$0] } == one)
    return one
  }

  @Test func persianLettersStandInTheirOrder() {
    let letters = "آ ا ب پ ت ث ج چ ح خ د ذ ر ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن و ه ی".split(separator: " ").map(
      String.init)
    #expect(sorted(letters.reversed()) == letters)
  }

  @Test func variantsFollowThePlainLetter() {
    #expect(sorted(["يک", "یک", "یڪ", "يك"]) == ["یک", "یڪ", "يک", "يك"])
    #expect(sorted(["تأمین", "تامین", "تاَمین"]) == ["تامین", "تأمین", "تاَمین"])
    #expect(sorted(["مسئول", "مسیول", "مسو", "مسیک"]) == ["مسو", "مسیک", "مسیول", "مسئول"])
    #expect(sorted(["علي", "علی", "عما"]) == ["علی", "علي", "عما"])
  }

  @Test func numbersInsideText() {
    #expect(sorted(["طبقهٔ ۱۰", "طبقهٔ ۲", "طبقهٔ ۱"]) == ["طبقهٔ ۱", "طبقهٔ ۲", "طبقهٔ ۱۰"])
    #expect(sorted(["C-10", "C-2", "C-02", "C-1a"]) == ["C-1a", "C-02", "C-2", "C-10"])
    #expect(
      sorted(["9", "99999999999999999999999", "100000000000000000000000"]) == [
        "9", "99999999999999999999999", "100000000000000000000000",
      ])
  }

  @Test func groups() {
    #expect(sorted(["zeta", "بهار", "9", "a b", "ab", "Alfa"]) == ["9", "بهار", "Alfa", "a b", "ab", "zeta"])
    #expect(compareText("a", "a") == 0)
    #expect(compareText("", "a") == -1)
    #expect(compareText("ab", "a") == 1)
  }

  /// A sort is only as good as its order: compare all triples.
  @Test func orderIsTotal() {
    let texts = [
      "", "a", "A", "a1", "a01", "a2", "a10", "ی", "ي", "ئ", "ک", "ك", "آ", "ا", "أ", "1", "01", "۱", "-1", "_", "é",
      "e\u{301}", "ب ", "ب", "ab", "ab1", "ab12", "ab1c", "ab_", "abb", "a b", "پ", "\u{10330}", "日", "بَ",
    ]
    for a in texts {
      for b in texts {
        #expect(compareText(a, b) == -compareText(b, a))
        for c in texts where compareText(a, b) < 0 && compareText(b, c) < 0 {
          #expect(compareText(a, c) < 0)
        }
      }
    }
  }
}
