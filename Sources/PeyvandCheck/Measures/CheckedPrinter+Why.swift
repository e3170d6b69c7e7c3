import PeyvandSyntax

extension CheckedPrinter {
  mutating func form(_ why: CheckedWhy) -> Form {
    var items = [form(why.outcome)]
    for exposure in why.exposures {
      var parts: [Form] = [
        .atom("@\(exposure.length.raw)"), .call(exposure.isBefore ? "until" : "from", form(exposure.anchor)),
      ]
      if let decided = exposure.decided { parts.append(.call("decided", form(decided))) }
      if let seen = exposure.firstSeen { parts.append(.call("seen", form(seen))) }
      items.append(.call("exposure", parts))
    }
    for candidate in why.candidates {
      let word =
        switch candidate.form {
        case .values: "values"
        case .yesno: "yesno"
        case .number(.amount): "split"
        case .number(.often): "often"
        case .number(.soon): "soon"
        }
      items.append(.call(word, .atom(TreePrinter.quoted(candidate.name)), form(candidate.expression)))
    }
    for stratum in why.strata {
      items.append(.call(stratum.isVolume ? "volume" : "by", form(stratum.expression)))
    }
    return .call("|why", items)
  }
}
