package enum StandardLibrary { package static let modules: [String: String] = [:] }
