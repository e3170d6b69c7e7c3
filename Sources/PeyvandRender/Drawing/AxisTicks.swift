import Glibc

/// Round numbers along an axis: steps of 1, 2 or 5 times a power of ten, some five of them.
struct AxisTicks {
  let values: [Double]
  var low: Double { values.first ?? 0 }
  var high: Double { values.last ?? 1 }

  /// The ends and what lies between, wide enough for all from `least` to `most`. Numbers so far apart that their
  /// difference is no number any more have these two for ticks.
  init(from least: Double, to most: Double) {
    let span = most - least
    guard span.isFinite, least.isFinite, most.isFinite else {
      values = [least, most]
      return
    }
    guard span > 0 else {
      let margin = least == 0 ? 1 : least.magnitude / 2
      let around = [least - margin, least, least + margin]
      values = margin > 0 && around.allSatisfy(\.isFinite) ? around : [least]
      return
    }
    let rough = span / 5
    let power = pow(10, log10(rough).rounded(.down))
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough * (1 - 1e-9) } ?? rough
    let first = (least / step + 1e-9).rounded(.down)
    let last = (most / step - 1e-9).rounded(.up)
    guard step > 0, step.isFinite, last - first <= 20, first.magnitude < 1e15, last.magnitude < 1e15 else {
      values = [least, most]
      return
    }
    let round = stride(from: first, through: last, by: 1).map { $0 * step }
    values = round.allSatisfy(\.isFinite) ? round : [least, most]
  }
}
