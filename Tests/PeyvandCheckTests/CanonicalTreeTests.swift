import PeyvandBase
import PeyvandCheck
import PeyvandData
import Testing

@Suite struct CanonicalTreeTests {
  private let kind = KindID(0)
  private func range(_ start: Int) -> SourceRange { SourceRange(start: start, end: start + 3) }

  /// `purchase via from` of a record in hand where its amount is above a number, bound and placed as given.
  private func set(of row: Int, element: Int, above: Double, at place: Int) -> CheckedSet {
    let record = CheckedExpression(.binding(Binding(id: row, kind: kind)), .record(kind), range(place))
    let own = Binding(id: element, kind: kind)
    let amount = CheckedExpression(
      .field(CheckedExpression(.binding(own), .record(kind), range(place + 4)), FieldID(1)), .plainNumber, range(place))
    let limit = CheckedExpression(.constant(.number(above)), .plainNumber, range(place + 9))
    let condition = CheckedExpression(.compare(.greater, .number, amount, limit), .yesno, range(place))
    let all = CheckedSet(.referring(record, FieldID(0)), kind: kind, range(place))
    return CheckedSet(.filter(all, own, condition), kind: kind, range(place))
  }

  @Test func placesAndNumbersOfBindingsMakeNoDifference() {
    #expect(set(of: 1, element: 5, above: 3, at: 10) != set(of: 1, element: 9, above: 3, at: 70))
    #expect(
      CanonicalTree.of(set(of: 1, element: 5, above: 3, at: 10))
        == CanonicalTree.of(set(of: 1, element: 9, above: 3, at: 70)))
  }

  @Test func whatMeansSomethingElseStaysApart() {
    let one = CanonicalTree.of(set(of: 1, element: 5, above: 3, at: 10))
    #expect(one != CanonicalTree.of(set(of: 1, element: 5, above: 4, at: 10)))
    // The same words about another record.
    #expect(one != CanonicalTree.of(set(of: 2, element: 5, above: 3, at: 10)))
  }

  @Test func bindingsOfSequencesAreNumberedInOrder() {
    func sequence(_ first: Int, _ second: Int) -> CheckedSequence {
      let window = CheckedWindow(
        length: nil, isOfTheFirst: false, countsOpen: false, countsTies: false, isToTheSecond: false)
      let step = CheckedSequence.Step(
        set: set(of: first, element: second + 1, above: 0, at: 0), binding: Binding(id: second, kind: kind),
        isAbsence: false, window: window)
      return CheckedSequence(
        first: .set(set(of: 1, element: first + 1, above: 0, at: 0)), firstBinding: Binding(id: first, kind: kind),
        steps: [step], range: range(4))
    }
    #expect(CanonicalTree.of(sequence(10, 20)) == CanonicalTree.of(sequence(30, 40)))
    #expect(CanonicalTree.parts(of: [], lists: [.matches(sequence(10, 20))], sets: []).sets.count == 4)
  }
}
