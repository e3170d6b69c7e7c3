import PeyvandBase
import PeyvandData

/// Watches, profiles and maps.
extension AnswerJSON {
  /// All that was watched in one document, with the worst state first: what a program looks at.
  func watches(_ answers: [Answer]) -> String {
    var json = JSONText()
    json.object { json in
      let states = answers.compactMap { if case .watched(let watched) = $0.body { watched.state } else { nil } }
      json.member("state", Watched.State.worst(of: states).rawValue)
      json.key("watches")
      json.array { json in
        for answer in answers {
          guard case .watched(let watched) = answer.body else { continue }
          write(watched.table, answer, card: nil, into: &json) { write(watched, into: &$0) }
        }
      }
    }
    json.endLine()
    return json.text
  }

  private func write(_ fields: [Profile.Field], into json: inout JSONText) {
    json.object { json in
      for field in fields {
        json.key(field.name)
        write(field.value, field.type, into: &json)
      }
    }
  }

  func write(_ profile: Profile, into json: inout JSONText) {
    json.key("profile")
    json.object { json in
      json.key("ties")
      json.array { json in
        for tie in profile.ties {
          json.object { json in
            json.member("name", tie.name)
            json.member("holding", tie.holding)
            json.member("ever", tie.ever)
            json.key("records")
            json.array { json in
              for record in tie.records { json.string("\(record.kind) \"\(record.key)\"") }
            }
          }
        }
      }
      json.key("kept")
      json.array { json in
        for kept in profile.kept {
          json.object { json in
            json.member("name", kept.name)
            json.member("count", kept.count)
            json.key("first")
            write(kept.first, kept.type, into: &json)
            json.key("last")
            write(kept.last, kept.type, into: &json)
          }
        }
      }
      json.key("latest")
      json.array { json in
        for event in profile.events {
          json.object { json in
            json.key("at")
            write(event.at, event.type, into: &json)
            json.member("kind", event.kind)
            json.key("fields")
            write(event.fields, into: &json)
          }
        }
      }
      json.key("processes")
      json.array { json in
        for care in profile.care {
          json.object { json in
            json.member("process", care.process)
            if let goal = care.goal { json.member("goal", goal) }
            if let due = care.due {
              json.key("review_due")
              write(due, .date, into: &json)
            }
            json.key("lacks")
            json.array { json in for lack in care.lacks { json.string(lack) } }
          }
        }
      }
    }
  }

  func write(_ watched: Watched, into json: inout JSONText) {
    json.key("watch")
    json.object { json in
      json.member("name", watched.name)
      json.member("state", watched.state.rawValue)
      json.member("every", watched.unit.name)
      json.member("breach_for", watched.persistence)
      json.member("needs", watched.needs)
      json.key("charts")
      json.array { json in
        for finding in watched.findings {
          json.object { json in
            if let group = finding.group { json.member("group", group) }
            guard let chart = finding.chart else { return }
            json.key("mean")
            json.number(chart.mean)
            json.key("lower")
            json.number(chart.lower)
            json.key("upper")
            json.number(chart.upper)
            json.member("periods", chart.periods)
            json.key("trial")
            json.yesno(chart.isTrial)
            json.key("cautions")
            json.array { json in for caution in chart.cautions { json.string(caution) } }
          }
        }
      }
    }
  }

  func write(_ map: RelationshipMap, into json: inout JSONText) {
    json.key("nodes")
    json.array { json in
      for node in map.nodes {
        json.object { json in
          json.member("name", node.name)
          if let count = node.count { json.member("count", count) }
        }
      }
    }
    json.member("left_out", map.leftOut)
  }
}
