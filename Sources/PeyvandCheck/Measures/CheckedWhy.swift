import PeyvandBase
import PeyvandData

/// `why E`: what goes with a yes/no of the rows.
///
/// Everything that may go with it stands here as an expression of a row, in the order in which it is tried. What came
/// is asked within an *exposure*, a stretch of time that is equally long for every row and lies before the outcome was
/// decided; how long is found from the data, so its length is a variable that the evaluator fills before it works the
/// candidates out. That is all the machinery there is: the rest is columns, counted.
package struct CheckedWhy: Hashable, Sendable {
  /// A yes/no of a row. What carries a mark, and a not-yet, is left out.
  package var outcome: CheckedExpression
  package var exposures: [CheckedExposure]
  package var candidates: [CheckedCandidate]
  /// What is held equal: the values of all of them together make a stratum.
  package var strata: [CheckedStratum]
  package var headers: [CheckedColumn.Header]
  /// What was not tried and why, in words.
  package var remarks: [String]
  package var range: SourceRange

  /// Every expression of a row that it is made of.
  package var expressions: [CheckedExpression] {
    let ofExposures = exposures.flatMap { [$0.anchor, $0.decided, $0.firstSeen].compactMap { $0 } }
    return [outcome] + ofExposures + candidates.map(\.expression) + strata.map(\.expression)
  }
}

/// A stretch of time, equally long for every row, in which what came is counted.
///
/// Either it begins at `anchor` and ends before the outcome was `decided`, and rows decided within it are left out
/// (a landmark, as in Anderson, Cain & Gelber, "Analysis of survival by tumor response", 1983); or it ends at
/// `anchor`, for an outcome that the row's own time comes before, and rows not seen for so long are left out.
package struct CheckedExposure: Hashable, Sendable {
  /// All of one type, a date or a time.
  package var anchor: CheckedExpression
  /// When the outcome was decided; missing where it is not, or where nothing is.
  package var decided: CheckedExpression?
  /// Where the exposure ends at the anchor: since when there is anything of the record that it is about.
  package var firstSeen: CheckedExpression?
  /// How long it is: days where the anchor is a date, else seconds.
  package var length: VariableID
  /// Whose events it counts, in words: `customer`.
  package var owner: String

  package var isByDay: Bool { anchor.type == .date }
  package var isBefore: Bool { firstSeen != nil }
}

/// One thing that may go with the outcome.
package struct CheckedCandidate: Hashable, Sendable {
  package enum Form: Hashable, Sendable {
    /// Each value is a factor; of a list, each value that is in it.
    case values
    /// Yes against no.
    case yesno
    /// Split at its median.
    case number(Split)
  }
  package enum Split: Hashable, Sendable {
    case amount
    /// How often something came, of those to whom it did.
    case often
    /// How long until it came, of those to whom it did.
    case soon
  }
  package var name: String
  package var form: Form
  package var expression: CheckedExpression
  /// The exposure it is asked within; missing for what is known from the beginning.
  package var exposure: Int?
  /// Where several say the same of one record (a rep, and the rep's name), only the first is tried.
  package var root: String?
  /// Whether the program names it, so that many values are no reason to leave it out.
  package var isNamed: Bool
}

/// Something that is held equal.
package struct CheckedStratum: Hashable, Sendable {
  package var name: String
  package var expression: CheckedExpression
  package var exposure: Int?
  /// Whether it is a number of events, taken together as 0, 1, 2, 3–4, 5–8, 9–16, …
  package var isVolume: Bool
}
