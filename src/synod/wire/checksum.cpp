#include "synod/wire/checksum.hpp"

#include <isa-l/crc.h>

namespace synod::wire {

Checksum& Checksum::add(Bytes bytes) noexcept {
    if (bytes.empty()) return *this;
    // The library only reads, though it does not say so.
    auto* from = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));
    state_ = crc32_iscsi(from, static_cast<int>(bytes.size()), state_);
    return *this;
}

}  // namespace synod::wire
