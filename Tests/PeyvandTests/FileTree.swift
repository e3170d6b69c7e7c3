import Glibc

/// The files below a folder, for tests that look at the whole repository.
enum FileTree {
  /// Paths of all ordinary files, in the order of their names; hidden ones left out.
  static func files(below folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [(name: String, isFolder: Bool)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append((name, entry.pointee.d_type == UInt8(DT_DIR))) }
    }
    return names.sorted { $0.name < $1.name }.flatMap { entry in
      let path = folder + "/" + entry.name
      return entry.isFolder ? files(below: path) : [path]
    }
  }
}
