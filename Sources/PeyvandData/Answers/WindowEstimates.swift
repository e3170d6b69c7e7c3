/// Three estimates of a share that waits: how many have come back within the window, told by those whose window is
/// over, by all for as long as they were seen, and by counting whoever has not come yet as one who will not.
///
/// Only together they can be judged. The first leaves out the newest, the second needs enough who waited to the end,
/// and the third is wrong whenever a window still runs; it stands there to show by how much.
package struct WindowEstimates: Hashable, Sendable {
  package struct Estimate: Hashable, Sendable {
    /// Missing where it cannot be given.
    package var value: Double?
    package var n: Int
    package var low: Double?
    package var high: Double?
    package init(value: Double?, n: Int, low: Double? = nil, high: Double? = nil) {
      self.value = value
      self.n = n
      self.low = low
      self.high = high
    }
  }

  package enum Method: String, Hashable, Sendable {
    case fullWindow = "full window"
    case kaplanMeier = "Kaplan–Meier"
  }

  package var fullWindow: Estimate
  package var kaplanMeier: Estimate
  /// Of Kaplan–Meier: how many were still waiting at the end of their window.
  package var atRisk: Int
  package var naive: Estimate
  /// The one that the card leads with: the first where at least 80 % have their full window, else the second.
  package var lead: Method

  package init(fullWindow: Estimate, kaplanMeier: Estimate, atRisk: Int, naive: Estimate, lead: Method) {
    self.fullWindow = fullWindow
    self.kaplanMeier = kaplanMeier
    self.atRisk = atRisk
    self.naive = naive
    self.lead = lead
  }
}
