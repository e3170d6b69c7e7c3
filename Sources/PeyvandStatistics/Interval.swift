/// Where a number lies with the confidence asked for (95 % unless said).
package struct Interval: Hashable, Sendable {
  package var low: Double
  package var high: Double

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}

/// A number and how sure it is.
package struct Estimate: Hashable, Sendable {
  package var value: Double
  package var interval: Interval

  package init(value: Double, interval: Interval) {
    self.value = value
    self.interval = interval
  }
}
