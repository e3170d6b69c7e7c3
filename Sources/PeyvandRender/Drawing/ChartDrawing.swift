import PeyvandBase
import PeyvandData

/// A table drawn as a picture: horizontal bars from nought, or a line over the rows, as SVG.
///
/// One file that needs nothing else: no script, no font, no style sheet. Each label is an element of its own with its own
/// direction, so that Persian and Latin names stand beside each other as they are read. Where a number is missing there
/// is no bar and a gap in the line, never a nought. The receipt stands below, since a picture travels without its table.
struct ChartDrawing {
  private let kind: ChartKind
  private let title: String
  /// What names the rows: the cells before the number, together.
  private let labels: [String]
  private let numbers: [Double?]
  /// Where each row stands on a line: rows of time by their time, so that a month without a row has its room.
  private let places: [Double]
  /// Whether between two rows that follow one another a period lies that has no row.
  private let isParted: [Bool]
  /// The numbers in words.
  private let shown: [String]
  private let caption: [String]
  private let scale: Scale

  /// How the axis counts.
  private struct Scale {
    var type: ValueType
    var unit: Unit
    /// Seconds in one of what the axis counts, of lengths of time.
    var seconds: Double?

    func text(_ ticks: [Double], _ values: ValueText) -> [String] {
      guard let seconds else {
        let display = NumberDisplay(ticks, unit: unit)
        return ticks.map { display.figures($0) }
      }
      return ticks.map { tick in
        seconds == 86_400
          ? values.shown(.duration(Duration(days: tick)), .duration(.days))
          : values.shown(.duration(Duration(seconds: tick * seconds)), .duration(.seconds))
      }
    }
  }

  /// Rows beyond these are named and not drawn.
  static let mostRows = 500
  private static let width = 760.0
  private static let margin = 16.0
  private static let fontSize = 13.0
  private let hidden: Int

  /// Nil where the table is not drawn.
  init?(_ table: Table, _ values: ValueText, caption: [String]) {
    guard let kind = table.chart, let place = table.chartColumn, table.columns.indices.contains(place) else {
      return nil
    }
    let column = table.columns[place]
    let rows = min(max(table.rowCount, 0), Self.mostRows)
    hidden = max(0, table.rowCount - rows)
    let display = NumberDisplay(
      column.values.compactMap { if case .number(let number) = $0 { number } else { nil } }, unit: column.type.unit)
    self.kind = kind
    let unit = column.type.unit.name.map { " (" + $0 + ")" } ?? ""
    let keys = table.columns[..<place]
    title = column.name + unit + (keys.isEmpty ? "" : " – " + keys.map(\.name).joined(separator: ", "))
    labels = (0..<rows).map { row in
      keys.map { key in values.shown(key.values.indices.contains(row) ? key.values[row] : .missing, key.type) }
        .joined(separator: " · ")
    }
    (places, isParted) = Self.places(keys.count == 1 ? keys.first?.values.prefix(rows) ?? [] : [], rows: rows)
    shown = (0..<rows).map { row in
      values.shown(column.values.indices.contains(row) ? column.values[row] : .missing, column.type, numbers: display)
    }
    let all = Array(table.numbers(ofColumn: place).prefix(rows))
    var scale = Scale(type: column.type, unit: column.type.unit, seconds: nil)
    if case .duration(let length) = column.type {
      let most = all.compactMap { $0?.magnitude }.max() ?? 0
      let isLong = length != .seconds || most >= 172_800
      scale.seconds = isLong ? 86_400 : most >= 7_200 ? 3_600 : most >= 120 ? 60 : 1
    }
    self.scale = scale
    numbers = all.map { number in number.map { $0 / (scale.seconds ?? 1) } }
    self.caption = caption
    self.values = values
  }

  private let values: ValueText

  private static func places(_ keys: ArraySlice<Value>, rows: Int) -> ([Double], [Bool]) {
    var places: [Double] = []
    var arePeriods = true
    for key in keys {
      switch key {
      case .period(let period): places.append(Double(period.index))
      case .date(let day): (places, arePeriods) = (places + [Double(day)], false)
      case .time(let instant): (places, arePeriods) = (places + [Double(instant)], false)
      default: places = []
      }
    }
    let isOfTime = places.count == rows && zip(places, places.dropFirst()).allSatisfy { $0 < $1 }
    guard isOfTime, rows > 1 else { return ((0..<rows).map { Double($0) }, [Bool](repeating: false, count: rows)) }
    let parted = arePeriods ? zip(places, places.dropFirst()).map { $1 - $0 > 1 } : []
    return (places, parted + [Bool](repeating: false, count: rows - parted.count))
  }

  func svg() -> String { kind == .bar ? bars() : line() }

  // MARK: Bars

  private func bars() -> String {
    let there = numbers.compactMap { $0 }
    let (least, most) = (min(0, there.min() ?? 0), max(0, there.max() ?? 0))
    let room = labels.map { textWidth($0) }.max() ?? 0
    let left = Self.margin + (room > 0 ? min(room, 260) + 10 : 0)
    let words = (shown.map { textWidth($0) }.max() ?? 0) + 10
    let isBelow = least < 0
    let from = left + (isBelow ? words : 0)
    let to = Self.width - Self.margin - words
    // In parts of the whole, so that no difference is too large for a number.
    let unit = max(most, -least)
    func x(_ value: Double) -> Double {
      guard unit > 0 else { return from }
      let span = most / unit - least / unit
      return from + (value / unit - least / unit) / span * (to - from)
    }
    let (top, height, thick) = (52.0, 26.0, 16.0)
    var picture = ""
    for row in numbers.indices {
      let y = top + Double(row) * height
      let middle = y + thick / 2 + 4.5
      let place = labels.indices.contains(row) ? labels[row] : ""
      picture += label(place, x: left - 10, y: middle, most: 260, isEnd: true)
      guard let number = numbers[row] else {
        picture += label(shown[row], x: x(0) + 6, y: middle, most: words, color: Self.quiet)
        continue
      }
      let (a, b) = (min(x(0), x(number)), max(x(0), x(number)))
      picture +=
        "<rect x=\"\(at(a))\" y=\"\(at(y))\" width=\"\(at(b - a))\" height=\"\(at(thick))\" "
        + "fill=\"\(number < 0 ? Self.negative : Self.ink)\"><title>\(Markup.escaped(place + ": " + shown[row]))</title></rect>\n"
      picture += label(
        shown[row], x: number < 0 ? a - 6 : b + 6, y: middle, most: words, isEnd: number < 0)
    }
    let bottom = top + Double(numbers.count) * height
    if !numbers.isEmpty {
      picture += rule(x(0), top - 6, x(0), bottom - height + thick + 6, Self.quiet)
    }
    return document(picture, height: bottom + 4)
  }

  // MARK: A line

  private func line() -> String {
    let there = numbers.compactMap { $0 }
    var least = there.min() ?? 0
    let most = there.max() ?? 0
    // From nought, unless that would press the line flat.
    if least > 0, least <= most / 2 { least = 0 }
    let ticks = AxisTicks(from: least, to: most)
    let words = scale.text(ticks.values, values)
    let left = Self.margin + (words.map { textWidth($0) }.max() ?? 0) + 10
    let right = Self.width - Self.margin - 8
    let (top, bottom) = (56.0, 316.0)
    let unit = max(ticks.low.magnitude, ticks.high.magnitude)
    func y(_ value: Double) -> Double {
      guard unit > 0, ticks.high > ticks.low else { return (top + bottom) / 2 }
      let span = ticks.high / unit - ticks.low / unit
      return bottom - (value / unit - ticks.low / unit) / span * (bottom - top)
    }
    let (first, last) = (places.first ?? 0, places.last ?? 0)
    func x(_ row: Int) -> Double {
      guard last > first, places.indices.contains(row) else { return (left + right) / 2 }
      return left + 12 + (places[row] - first) / (last - first) * (right - left - 24)
    }
    var picture = ""
    for (tick, text) in zip(ticks.values, words) {
      picture += rule(left, y(tick), right, y(tick), tick == 0 ? Self.quiet : Self.faint)
      picture += label(text, x: left - 8, y: y(tick) + 4.5, most: left, isEnd: true, color: Self.quiet)
    }
    // A missing number parts the line.
    var path = ""
    var isDrawing = false
    for (row, number) in numbers.enumerated() {
      guard let number else {
        isDrawing = false
        continue
      }
      path += (isDrawing ? "L" : "M") + at(x(row)) + " " + at(y(number))
      isDrawing = !(isParted.indices.contains(row) && isParted[row])
    }
    if !path.isEmpty {
      picture +=
        "<path d=\"\(path)\" fill=\"none\" stroke=\"\(Self.ink)\" stroke-width=\"2\" stroke-linejoin=\"round\"/>\n"
    }
    for (row, number) in numbers.enumerated() {
      guard let number else { continue }
      let words = labels.indices.contains(row) ? labels[row] + ": " + shown[row] : shown[row]
      picture +=
        "<circle cx=\"\(at(x(row)))\" cy=\"\(at(y(number)))\" r=\"\(numbers.count > 60 ? "1.5" : "3")\" fill=\"\(Self.ink)\">"
        + "<title>\(Markup.escaped(words))</title></circle>\n"
    }
    // As many labels as have room, the first among them.
    var taken = -Double.infinity
    for row in labels.indices where !labels[row].isEmpty {
      let half = min(textWidth(labels[row]), 160) / 2
      let middle = min(max(x(row), Self.margin + half), Self.width - Self.margin - half)
      guard middle - half > taken else { continue }
      taken = middle + half + 14
      picture += rule(x(row), bottom, x(row), bottom + 4, Self.quiet)
      picture += label(labels[row], x: middle, y: bottom + 20, most: 160, isMiddle: true)
    }
    return document(picture, height: bottom + 34)
  }

  // MARK: Parts

  private static let ink = "#2f6690"
  private static let negative = "#b3532f"
  private static let quiet = "#6b6b6b"
  private static let faint = "#e2e2e2"

  private func document(_ picture: String, height: Double) -> String {
    let notes = (hidden > 0 ? ["\(hidden) more rows are not drawn"] : []) + caption
    let lines = notes.flatMap { wrapped($0, most: 112) }
    let whole = height + 14 + Double(lines.count) * 16
    var text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(at(Self.width))\" height=\"\(at(whole))\" "
      + "viewBox=\"0 0 \(at(Self.width)) \(at(whole))\" role=\"img\" "
      + "font-family=\"Vazirmatn, 'Noto Sans', 'DejaVu Sans', sans-serif\" font-size=\"\(at(Self.fontSize))\">\n"
    text += "<title>\(Markup.escaped(title))</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    text += label(title, x: Self.margin, y: 28, most: Self.width - 2 * Self.margin, weight: "600")
    text += picture
    for (place, line) in lines.enumerated() {
      text += label(
        line, x: Self.margin, y: height + 14 + Double(place) * 16, most: Self.width, color: Self.quiet, size: 11.5)
    }
    return text + "</svg>\n"
  }

  private func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String) -> String {
    "<line x1=\"\(at(x1))\" y1=\"\(at(y1))\" x2=\"\(at(x2))\" y2=\"\(at(y2))\" stroke=\"\(color)\"/>\n"
  }

  /// A text that begins at x, ends there, or has it in its middle, whichever way it runs; shortened where it is wider
  /// than there is room, with the whole as its title.
  private func label(
    _ text: String, x: Double, y: Double, most: Double, isEnd: Bool = false, isMiddle: Bool = false,
    color: String = "#222222", weight: String? = nil, size: Double? = nil
  ) -> String {
    guard !text.isEmpty else { return "" }
    let isRightToLeft = Markup.isRightToLeft(text)
    // The start of a text that runs from right to left is its right end.
    let anchor = isMiddle ? "middle" : isEnd == isRightToLeft ? "start" : "end"
    let short = shortened(text, most: most)
    var element = "<text x=\"\(at(x))\" y=\"\(at(y))\" fill=\"\(color)\" text-anchor=\"\(anchor)\""
    if isRightToLeft { element += " direction=\"rtl\"" }
    if let weight { element += " font-weight=\"\(weight)\"" }
    if let size { element += " font-size=\"\(at(size))\"" }
    element += ">" + Markup.escaped(short)
    if short != text { element += "<title>\(Markup.escaped(text))</title>" }
    return element + "</text>\n"
  }

  private func shortened(_ text: String, most: Double) -> String {
    guard textWidth(text) > most else { return text }
    var result = ""
    for character in text {
      guard textWidth(result) + textWidth(String(character)) + Self.cell <= most else { break }
      result.append(character)
    }
    return result + "…"
  }

  private func wrapped(_ text: String, most: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if displayWidth(last) + displayWidth(String(word)) < most {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// How wide a letter is taken to be: most fonts' are narrower.
  private static let cell = 7.4
  private func textWidth(_ text: String) -> Double { Double(displayWidth(text)) * Self.cell }

  /// A place in the picture.
  private func at(_ number: Double) -> String {
    let text = NumberText.fixed(number, digits: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
