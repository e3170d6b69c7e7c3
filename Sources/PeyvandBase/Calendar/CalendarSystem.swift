package enum CalendarSystem: UInt8, Hashable, Sendable { case gregorian, jalali }
