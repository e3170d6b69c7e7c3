import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStore
import Testing

@testable import PeyvandEval

/// What a batch remembers goes with it, though matches hold the frame they were found in, and the frame its memory.
@Suite struct FrameMemoTests {
  private struct Left {
    /// How many memories there were while the batch ran, and how many are there now that it is over.
    var during = 0
    var after = 0
  }

  private struct Weak {
    weak var memo: FrameMemo?
  }

  private func left(of question: String) throws -> Left {
    var desk = try Desk(Desk.company)
    let query = try desk.query(question)
    guard case .records(let set, let binding) = query.source else { return Left() }
    let context = try desk.evaluator.context.sharing(SharedTrees(query.stages[...]))
    #expect(!context.shared.isEmpty)
    var memos: [Weak] = []
    var left = Left()
    do {
      var frame = Frame(count: desk.state.rows(of: set.kind).count)
      frame.bindings[binding.id] = Slab(SetKernels.rows(desk.state.rows(of: set.kind)))
      var run = StageRun(frame, of: frame.count, isSpread: false, context)
      for index in query.stages.indices {
        try run.apply(query.stages[index...index])
        for memo in [run.frame.memo, run.frame.outer?.frame.memo] {
          if let memo, !memos.contains(where: { $0.memo === memo }) { memos.append(Weak(memo: memo)) }
        }
        left.during = max(left.during, memos.count { $0.memo != nil })
      }
    }
    left.after = memos.count { $0.memo != nil }
    return left
  }

  @Test func `Matches that a batch asks for twice go with it`() throws {
    let then = "purchase then purchase within 90 days"
    let left = try left(of: "customer | with count(\(then)) as a, median((\(then)).elapsed) as b")
    #expect(left.during == 1 && left.after == 0)
  }

  @Test func `Sets that a batch asks for twice go with it, those of the rows outside too`() throws {
    let sums = "with count(purchase where amount > 5) as a, sum((purchase where amount > 5).amount) as b"
    let alone = try left(of: "customer | \(sums)")
    #expect(alone.during == 1 && alone.after == 0)
    let then = "(call then call within 90 days)"
    let each = try left(
      of: "customer | with count(\(then)) as a, share(\(then)) as b | each purchase as p | with count(\(then)) as c")
    #expect(each.during == 2 && each.after == 0)
  }
}
