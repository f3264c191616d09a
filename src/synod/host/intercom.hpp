#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "synod/core/bytes.hpp"
#include "synod/core/endpoint.hpp"
#include "synod/wire/codec.hpp"

namespace synod::host {

// What the roles of one process say to each other, without a socket: the same datagrams, heard in the next
// round of steps. Its memory is used again, so that in the steady state it allocates nothing.
class Intercom {
public:
    // How roles of one process know each other; no address of any network.
    static constexpr Endpoint kHere{0, 1};

    void say(Role from, Destination to, const wire::Encoded& datagram) {
        spoken_.notes.push_back({from, to, datagram.size()});
        spoken_.bytes.insert(spoken_.bytes.end(), datagram.head.begin(), datagram.head.end());
        spoken_.bytes.insert(spoken_.bytes.end(), datagram.body.begin(), datagram.body.end());
    }

    // Calls hear(from, to, datagram) for all that was said until now; what is said meanwhile waits for the
    // next time. False when nothing was said.
    template <typename Hear>
    bool pass_on(Hear&& hear) {
        std::swap(spoken_, heard_);
        const bool any = !heard_.notes.empty();
        Bytes left = heard_.bytes;
        for (const Note& note : heard_.notes) {
            hear(note.from, note.to, left.first(note.bytes));
            left = left.subspan(note.bytes);
        }
        heard_.notes.clear();
        heard_.bytes.clear();
        return any;
    }

private:
    struct Note {
        Role from = Role::client;
        Destination to;
        std::size_t bytes = 0;
    };
    struct Conversation {
        std::vector<Note> notes;
        std::vector<std::byte> bytes;
    };
    Conversation spoken_;
    Conversation heard_;
};

}  // namespace synod::host
