import Glibc

/// What a program asked of the files of a store, in order, as the shim recorded it.
struct RecordedCalls {
  enum Call {
    case open(descriptor: Int, name: String, creates: Bool)
    /// Offset nil: at the end.
    case write(descriptor: Int, offset: Int?, bytes: [UInt8])
    case truncate(descriptor: Int, size: Int)
    case flush(descriptor: Int)
    case flushFolder
    case rename(String, String)
    case link(String, String)
    case unlink(String)
    case acknowledged(String)
  }

  private(set) var calls: [Call] = []
  /// Files that took the place of another before they were flushed.
  private(set) var unflushedRenames: [String] = []
  /// Files written over after they had taken their place.
  private(set) var writtenInPlace: [String] = []

  init(_ log: [UInt8]) {
    var at = 0
    var names: [Int: String] = [:]
    var dirty: Set<String> = []
    while let end = log[at...].firstIndex(of: 0x0A) {
      let words = String(decoding: log[at..<end], as: UTF8.self).split(separator: " ").map(String.init)
      at = end + 1
      guard words.count == 6, let number = Int(words[1]), let offset = Int(words[2]), let length = Int(words[3]) else {
        continue
      }
      let bytes = Array(log[at..<min(log.count, at + length)])
      at += bytes.count
      let name = String(words[4].split(separator: "/").last ?? "-")
      let other = String(words[5].split(separator: "/").last ?? "-")
      switch words[0] {
      case "open":
        names[number] = name
        calls.append(.open(descriptor: number, name: name, creates: offset == 1))
      case "write":
        let name = names[number] ?? "-"
        dirty.insert(name)
        if offset >= 0, !name.hasSuffix(".tmp") { writtenInPlace.append(name) }
        calls.append(.write(descriptor: number, offset: offset < 0 ? nil : offset, bytes: bytes))
      case "truncate": calls.append(.truncate(descriptor: number, size: offset))
      case "sync":
        dirty.remove(names[number] ?? "-")
        calls.append(.flush(descriptor: number))
      case "syncfolder": calls.append(.flushFolder)
      case "rename":
        if dirty.contains(name) { unflushedRenames.append(name) }
        calls.append(.rename(name, other))
      case "link": calls.append(.link(name, other))
      case "unlink": calls.append(.unlink(name))
      case "ack": calls.append(.acknowledged(String(decoding: bytes, as: UTF8.self)))
      default: break
      }
    }
  }
}

/// A disk that keeps what was flushed and, after a power cut, any part of the rest.
///
/// Of writes that were not flushed any may be there, whole, cut short, or with sectors that were never filled; of
/// changes of names any first part, since a folder's flush had not come.
struct LossyDisk {
  private final class File {
    var durable: [UInt8] = []
    var pending: [RecordedCalls.Call] = []

    func content(after changes: some Sequence<RecordedCalls.Call>) -> [UInt8] {
      var bytes = durable
      for change in changes {
        switch change {
        case .write(_, let offset, let written):
          let start = offset ?? bytes.count
          if bytes.count < start + written.count {
            bytes += [UInt8](repeating: 0, count: start + written.count - bytes.count)
          }
          bytes.replaceSubrange(start..<start + written.count, with: written)
        case .truncate(_, let size): bytes = Array(bytes.prefix(size))
        default: break
        }
      }
      return bytes
    }
  }

  private var files: [Int: File] = [:]
  private var descriptors: [Int: Int] = [:]
  private var names: [String: Int] = [:]
  private var durableNames: [String: Int] = [:]
  private var pendingNames: [(inout [String: Int]) -> Void] = []

  func hasUnflushed(_ name: String) -> Bool { names[name].flatMap { files[$0] }.map { !$0.pending.isEmpty } ?? false }

  private mutating func change(_ body: @escaping (inout [String: Int]) -> Void) {
    body(&names)
    pendingNames.append(body)
  }

  mutating func carryOut(_ call: RecordedCalls.Call) {
    switch call {
    case .open(let descriptor, let name, _):
      if let file = names[name] {
        descriptors[descriptor] = file
      } else {
        let file = files.count
        files[file] = File()
        descriptors[descriptor] = file
        change { $0[name] = file }
      }
    case .write(let descriptor, _, _), .truncate(let descriptor, _):
      descriptors[descriptor].flatMap { files[$0] }?.pending.append(call)
    case .flush(let descriptor):
      guard let file = descriptors[descriptor].flatMap({ files[$0] }) else { return }
      file.durable = file.content(after: file.pending)
      file.pending = []
    case .flushFolder:
      durableNames = names
      pendingNames = []
    case .rename(let old, let new):
      change {
        $0[new] = $0[old]
        $0[old] = nil
      }
    case .link(let old, let new): change { $0[new] = $0[old] }
    case .unlink(let name): change { $0[name] = nil }
    case .acknowledged: break
    }
  }

  /// One of the states that may be found.
  func afterPowerLoss(_ random: inout some RandomNumberGenerator) -> [String: [UInt8]] {
    var names = durableNames
    for change in pendingNames.prefix(Int.random(in: 0...pendingNames.count, using: &random)) { change(&names) }
    return names.compactMapValues { files[$0] }.mapValues { content(of: $0, &random) }
  }

  private func content(of file: File, _ random: inout some RandomNumberGenerator) -> [UInt8] {
    guard !file.pending.isEmpty else { return file.durable }
    var kept = Array(file.pending.prefix(Int.random(in: 0...file.pending.count, using: &random)))
    guard case .write(let descriptor, let offset, var bytes)? = kept.popLast() else { return file.content(after: kept) }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: break
    case 1: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
    default:
      // Sectors of 512 bytes on the disk that were given to the file and not filled.
      let start = offset ?? file.content(after: kept).count
      for sector in stride(from: start / 512 * 512, to: start + bytes.count, by: 512) where Bool.random(using: &random)
      {
        for index in max(sector, start)..<min(sector + 512, start + bytes.count) { bytes[index - start] = 0 }
      }
    }
    kept.append(.write(descriptor: descriptor, offset: offset, bytes: bytes))
    return file.content(after: kept)
  }
}
