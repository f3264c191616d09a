#include "synod/wire/header.hpp"

#include "synod/wire/checksum.hpp"
#include "synod/wire/reader.hpp"
#include "synod/wire/writer.hpp"

namespace synod::wire {

namespace {

template <typename Archive, typename H>
void header_fields(Archive& archive, H& h) {
    archive(h.magic, h.version, h.type, h.checksum, h.length, h.role, h.flags, h.id, h.cluster, h.run,
            h.incarnation, h.sequence, h.reserved);
}

}  // namespace

void write_header(const Header& header, std::byte* to) noexcept {
    Writer writer(to);
    header_fields(writer, header);
}

Header read_header(const std::byte* from) noexcept {
    Header header;
    Reader reader(Bytes(from, kHeaderBytes));
    header_fields(reader, header);
    return header;
}

std::uint32_t checksum_of(Bytes whole, Bytes rest) noexcept {
    return Checksum().add(whole.first(kChecksumOffset)).add(whole.subspan(kCheckedOffset)).add(rest).value();
}

}  // namespace synod::wire
