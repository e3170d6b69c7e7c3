import PeyvandBase
import PeyvandData
import Testing

/// Loops over timelines and their times, each held against a plain one.
@Suite struct MomentTests {
  private func sets(_ random: inout Seeded, _ count: Int) -> (offsets: [Int32], size: Int) {
    var offsets: [Int32] = [0]
    for _ in 0..<count {
      offsets.append(offsets[offsets.count - 1] + Int32(random.next(below: 4) * random.next(below: 9)))
    }
    return (offsets, Int(offsets[count]))
  }

  @Test func timesOfPickedEvents() {
    var random = Seeded(state: 5)
    let (offsets, size) = sets(&random, 300)
    let near = (0..<size).map { _ in random.next(below: 7) == 0 ? TimelineTimes.none : Int32(random.next(below: 90_000))
    }
    let times = RowSets.Times(values: Slab(near), offset: 19_000)
    for isLast in [false, true] {
      let picked = MomentKernels.vector(MomentKernels.picks(times, offsets: offsets, last: isLast), isDay: false)
      let days = MomentKernels.vector(MomentKernels.picks(times, offsets: offsets, last: isLast), isDay: true)
      guard case .instants(let instants) = picked.storage, case .days(let dates) = days.storage else {
        Issue.record("no times")
        return
      }
      for set in 0..<300 {
        let places = Int(offsets[set])..<Int(offsets[set + 1])
        let time = (isLast ? places.last : places.first).map { near[$0] } ?? TimelineTimes.none
        #expect((picked.present?[set] != 0) == (time != TimelineTimes.none))
        #expect((days.present?[set] != 0) == (time != TimelineTimes.none))
        guard time != TimelineTimes.none else { continue }
        #expect(instants[set] == Int64(time) + 19_000)
        #expect(dates[set] == time + 19_000)
      }
    }
    let wide = MomentKernels.vector(Slab([5, Int64.max, -3]), isDay: false)
    #expect(wide.present?.array == [1, 0, 1])
    guard case .instants(let instants) = wide.storage else { return }
    #expect(instants[0] == 5 && instants[2] == -3)
  }

  @Test func anyOfSegments() {
    var random = Seeded(state: 6)
    for most in [2, 12] {
      let (offsets, size) = sets(&random, 500)
      // With marks among them the plain way is taken.
      let truths = (0..<size).map { _ in
        [Truth.no, Truth.yes, Truth.unknown, Truth.openYes][random.next(below: most) % 4]
      }
      let any = SegmentKernels.combined(offsets, Slab(truths), every: false)
      for set in 0..<500 {
        let own = truths[Int(offsets[set])..<Int(offsets[set + 1])]
        #expect(any[set] == own.reduce(Truth.no) { TruthKernels.or($0, $1) })
      }
    }
  }

  @Test func risingRows() {
    #expect(SetKernels.areRising(Slab([-1, 3, -1, 4, 9])))
    #expect(!SetKernels.areRising(Slab([3, -1, 3])))
    #expect(!SetKernels.areRising(Slab([4, 3])))
    #expect(SetKernels.areRising(Slab([])))
    #expect(!SetKernels.areRising(Slab(repeating: 4, count: 2)))
  }

  @Test(arguments: [false, true], [9, 70]) func cohortsInPieces(isOrLater: Bool, width: Int) {
    var random = Seeded(state: 7)
    let members = 400
    let starts = (0..<members).map { _ in Int32(random.next(below: 12)) }
    let present = (0..<members).map { _ in UInt8(random.next(below: 6) == 0 ? 0 : 1) }
    let (offsets, size) = sets(&random, members)
    var done = [Int32](repeating: 0, count: size)
    for member in 0..<members {
      let places = Int(offsets[member])..<Int(offsets[member + 1])
      done.replaceSubrange(places, with: places.map { _ in Int32(random.next(below: 20)) }.sorted())
    }
    // A period is ten days, and what is done on a member's first day counts.
    func day(_ period: Int32) -> Int32 { period * 10 }
    var counts = CohortCounts(
      periods: CohortCounts.periods(ofStarts: Slab(starts), present: Slab(present)), width: width)
    var together = counts
    for piece in [0..<150, 150..<151, 151..<400] {
      var part = CohortCounts(periods: counts.periods, width: width)
      let own = Slab(Array(done[Int(offsets[piece.lowerBound])..<Int(offsets[piece.upperBound])]))
      part.add(
        piece, starts: Slab(starts), days: Slab(starts.map(day)), present: Slab(present), offsets: offsets, done: own,
        doneDays: Slab(own.array.map(day)), isOrLater: isOrLater)
      together.add(part)
    }
    counts.add(
      0..<400, starts: Slab(starts), days: Slab(starts.map(day)), present: Slab(present), offsets: offsets,
      done: Slab(done), doneDays: Slab(done.map(day)), isOrLater: isOrLater)
    for (place, period) in counts.periods.enumerated() {
      let own = (0..<members).filter { present[$0] == 1 && Int(starts[$0]) == period }
      #expect(counts.sizes[place] == own.count && together.sizes[place] == own.count)
      for later in 0..<width {
        let active = own.filter { member in
          done[Int(offsets[member])..<Int(offsets[member + 1])].contains {
            let after = Int($0) - period
            return isOrLater ? after >= later : after == later
          }
        }
        #expect(counts.active(place, after: later) == active.count)
        #expect(together.active(place, after: later) == active.count)
      }
    }
    #expect(counts.withoutStart == present.count { $0 == 0 } && together.withoutStart == counts.withoutStart)
  }
}
