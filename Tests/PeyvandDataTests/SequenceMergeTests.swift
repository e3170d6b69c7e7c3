import PeyvandBase
import PeyvandData
import Testing

/// One step of many sequences, held against a look at every candidate.
@Suite struct SequenceMergeTests {
  @Test(arguments: [true, false]) func findsTheEarliestLaterOne(timesCome: Bool) {
    var random = Seeded(state: 11)
    for round in 0..<60 {
      let most = [3, 12, 16, 60][round % 4]
      var (offsets, times): ([Int32], [Int64]) = ([0], [])
      for _ in 0..<20 {
        let own = (0..<random.next(below: most)).map { _ in 1_000 + Int64(random.next(below: most * 3)) }
        // What has no time stands last.
        times += own.sorted() + (random.next(below: 4) == 0 ? [Int64.max] : [])
        offsets.append(Int32(times.count))
      }
      let rows = times.indices.map { Int32($0) }
      var (owners, moments, lasts): ([Int32], [Int64], [Int64]) = ([], [], [])
      var matches: [Int32] = [0]
      for owner in 0..<20 {
        let own = (0..<random.next(below: 6)).map { _ in 995 + Int64(random.next(below: most * 3 + 10)) }
        for moment in round.isMultiple(of: 2) ? own.sorted() : own {
          owners.append(Int32(owner))
          moments.append(random.next(below: 12) == 0 ? .max : moment)
          lasts.append(random.next(below: 5) == 0 ? .max - 1 : moment + Int64(random.next(below: 20)))
        }
        matches.append(Int32(owners.count))
      }
      // Behind what did not come, as was wanted, a match goes on without a moment.
      let states =
        round % 4 == 3 ? moments.map { _ in SequenceKernels.State.going } : SequenceKernels.begun(Slab(moments))
      // Every third match has an event of the same moment of its own.
      let own = owners.indices.map { match -> Int32 in
        let set = Int(offsets[Int(owners[match])])..<Int(offsets[Int(owners[match]) + 1])
        return match % 3 == 0 ? set.first { times[$0] == moments[match] }.map { Int32($0) } ?? -1 : -1
      }
      let offset = [Int64(900), 0, 1_000, -20][round / 3 % 4]
      let near = RowSets.Times(
        values: Slab(times.map { $0 == .max ? TimelineTimes.none : Int32($0 - offset) }), offset: offset)
      // What is later may begin some time after the moment, as where days are compared; and each match may have a set of
      // its own.
      let (isLate, haveOwn) = (round % 5 == 0, round % 7 == 0)
      let later = moments.map { $0 == .max ? $0 : $0 + (isLate ? 3 : 1) }
      var (ownOffsets, ownRows): ([Int32], [Int32]) = ([0], [])
      for owner in owners where haveOwn {
        ownRows += rows[Int(offsets[Int(owner)])..<Int(offsets[Int(owner) + 1])]
        ownOffsets.append(Int32(ownRows.count))
      }
      let sets =
        haveOwn
        ? RowSets(
          offsets: ownOffsets, rows: Slab(ownRows), family: KindID(0),
          times: timesCome
            ? RowSets.Times(values: Slab(ownRows.map { near.values[Int($0)] ?? 0 }), offset: offset) : nil)
        : RowSets(offsets: offsets, rows: Slab(rows), family: KindID(0), times: timesCome ? near : nil)
      var hadTie = [UInt8](repeating: 0, count: owners.count)
      let found = SequenceMerge.step(
        sets, times: Slab(haveOwn ? ownRows.map { times[Int($0)] } : times), matches: haveOwn ? nil : matches,
        areInOrder: round.isMultiple(of: 2),
        .init(same: Slab(moments), later: isLate ? Slab(later) : nil, last: Slab(lasts)), states: states,
        own: [Slab(own)], hadTie: &hadTie)
      var tied = 0
      for match in owners.indices {
        let set = Int(offsets[Int(owners[match])])..<Int(offsets[Int(owners[match]) + 1])
        let isGoing = moments[match] != .max
        let first = isGoing ? set.first { times[$0] >= later[match] && times[$0] <= lasts[match] } : nil
        // The earliest that is later may lie behind the window: then there is none.
        #expect(found.rows[match] == first.map { Int32($0) } ?? -1, "round \(round), match \(match)")
        #expect(found.times[match] == first.map { times[$0] } ?? .max)
        let others =
          isGoing
          ? set.filter { times[$0] >= moments[match] && times[$0] < later[match] && Int32($0) != own[match] }.count : 0
        #expect(hadTie[match] == (others > 0 ? 1 : 0))
        tied += others > 0 ? 1 : 0
      }
      #expect(found.tied == tied)
    }
  }

  @Test func monthsLaterDayByDay() {
    let time = TimeKernels(CalendarRules(), cache: KernelCache())
    var random = Seeded(state: 12)
    let instants = (0..<4_000).map { _ in 1_700_000_000 + Int64(random.next(below: 200 * 86_400)) }
    for step in [
      Duration(months: 1), Duration(months: 6), Duration(months: -13), Duration(days: 90), Duration(days: 1.5),
    ] {
      let wanted = instants.map { time.instant($0, plus: step) ?? TimeKernels.none }
      guard
        case .instants(let moved) = time.instants(
          Slab(instants), plus: Slab(repeating: step, count: 4_000), present: nil
        ).storage
      else { continue }
      #expect(moved.array == wanted)
    }
  }
}
