/// Up to when what came is counted, where it is asked what goes with an outcome that takes time.
///
/// Who is decided late had more time for everything, and what follows an outcome goes with it for that very reason. So
/// things count for one length of time, the same for all, and whoever was decided within it is left out (J. R. Anderson,
/// K. C. Cain, R. D. Gelber, "Analysis of survival by tumor response", J. Clin. Oncol. 1, 1983). The landmark is the longest
/// such length that leaves three quarters of those that were decided still undecided at its end.
package enum Landmark {
  /// The part of those decided that may be decided within it.
  package static let part = 0.25

  /// The length, of the lower quartile (type 7) of the times to the decision: one unit less than the whole units in it,
  /// and at least one. Units are days or seconds.
  package static func length(lowerQuartile: Double) -> Int64? {
    Int64(exactly: lowerQuartile.rounded(.down)).map { max(1, $0 - 1) }
  }

  /// The same of the times themselves, in ascending order; nil of none.
  package static func length(sorted times: [Double]) -> Int64? {
    Quantiles.quantile(sorted: times, part).flatMap { length(lowerQuartile: $0) }
  }
}
