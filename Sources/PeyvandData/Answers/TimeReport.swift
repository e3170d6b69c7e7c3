import PeyvandBase

/// Where the time of a statement went: its phases, and a line a node of the tree of its question.
package struct TimeReport: Sendable {
  package struct Line: Sendable {
    /// What is done there, and the words of the program that ask for it.
    package var label: String
    package var text: String
    /// How far in it stands: what it asks for stands below it.
    package var depth: Int
    /// How often it was worked out, for how many rows, and how many bytes it gave.
    package var visits: Int
    package var rows: Int
    package var bytes: Int
    /// With what stands below it, and by itself; of all threads together.
    package var milliseconds: Double
    package var own: Double

    package init(
      label: String, text: String, depth: Int, visits: Int, rows: Int, bytes: Int, milliseconds: Double, own: Double
    ) {
      self.label = label
      self.text = text
      self.depth = depth
      self.visits = visits
      self.rows = rows
      self.bytes = bytes
      self.milliseconds = milliseconds
      self.own = own
    }
  }
  /// As a clock on the wall saw them.
  package var phases: [(name: String, milliseconds: Double)]
  package var lines: [Line]
  package var threads: Int

  package init(phases: [(name: String, milliseconds: Double)], lines: [Line], threads: Int) {
    self.phases = phases
    self.lines = lines
    self.threads = threads
  }
}
