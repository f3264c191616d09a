#include "synod/rsm/snapshot.hpp"

#include <xxhash.h>

#include "synod/rsm/encoding.hpp"

namespace synod::rsm {

namespace {

constexpr std::string_view kMagic{"SynodSnp"};
constexpr std::uint32_t kVersion = 1;
constexpr Position kPositionMax{std::uint64_t{1} << 62};  // no history is so long
constexpr std::size_t kChecksumBytes = sizeof(std::uint64_t);

std::uint64_t checksum_of(std::string_view bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace

std::string_view name(SnapshotFault fault) noexcept {
    switch (fault) {
        case SnapshotFault::too_short:
            return "too short";
        case SnapshotFault::bad_magic:
            return "no snapshot";
        case SnapshotFault::wrong_version:
            return "of another version";
        case SnapshotFault::damaged:
            return "damaged";
        case SnapshotFault::impossible:
            return "of a place or a time that no log comes to";
        case SnapshotFault::foreign_machine:
            return "of another state machine";
        case SnapshotFault::malformed:
            return "malformed";
    }
    return "unknown";
}

void begin_snapshot(const SnapshotFormat& format, const SnapshotPoint& point, std::string& out) {
    Encoder encoder(out);
    out.append(kMagic);
    encoder.integer(kVersion);
    encoder.text(format.machine);
    encoder.integer(format.version);
    encoder.integer(point.next.value());
    encoder.signed_integer(point.time.ms);
}

void end_snapshot(std::size_t begin, std::string& out) {
    Encoder(out).integer(checksum_of(std::string_view(out).substr(begin)));
}

std::variant<OpenedSnapshot, SnapshotFault> open_snapshot(const SnapshotFormat& format, Bytes snapshot) {
    if (snapshot.size() < kMagic.size() + sizeof kVersion + kChecksumBytes) return SnapshotFault::too_short;
    if (!as_text(snapshot).starts_with(kMagic)) return SnapshotFault::bad_magic;

    const Bytes sealed = snapshot.first(snapshot.size() - kChecksumBytes);
    Decoder decoder(sealed.subspan(kMagic.size()));
    if (decoder.integer<std::uint32_t>() != kVersion) return SnapshotFault::wrong_version;
    if (load<std::uint64_t>(snapshot.data() + sealed.size()) != checksum_of(as_text(sealed)))
        return SnapshotFault::damaged;

    const std::string_view machine = decoder.text();
    const SnapshotFormat found{machine, decoder.integer<std::uint32_t>()};
    if (found != format) return SnapshotFault::foreign_machine;
    OpenedSnapshot opened;
    opened.point.next = Position{decoder.integer<std::uint64_t>()};
    opened.point.time = {decoder.signed_integer()};
    opened.state = as_bytes(decoder.rest());
    if (!decoder.complete()) return SnapshotFault::malformed;
    if (opened.point.next > kPositionMax || opened.point.time < UnixTime{}) return SnapshotFault::impossible;
    return opened;
}

}  // namespace synod::rsm
