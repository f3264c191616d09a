#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace synod::member {

// Who the members are, and which of them this one is. The servers are the same at every member.
struct Configuration {
    struct Server {
        std::uint16_t sid = 0;
        std::string address;  // "127.0.0.1:7001", UDP
    };

    std::uint16_t sid = 0;  // of this one
    std::vector<Server> servers;
    // "239.255.7.1:7000": what is for several members is sent once, to this group, which all of them join;
    // empty: to each of them.
    std::string multicast;

    // Which life of the cluster this is, when members are on several hosts: whoever starts all of them anew
    // raises it, so that nothing said before is heard; from 1 on. On one host they agree on it by themselves.
    std::optional<std::uint64_t> run;
    std::string run_directory;  // where those of one host meet; empty: $SYNOD_RUN_DIR, or else /tmp/synod

    std::size_t queue_bytes_max = std::size_t{16} << 20;     // of commands without an outcome
    std::uint64_t history_bytes = std::uint64_t{256} << 20;  // of commands, kept for members that come late
    std::uint64_t receive_buffer_bytes = std::uint64_t{8} << 20;  // as far as the kernel lets us

    enum class Drive : std::uint8_t {
        own_thread,  // the member has one
        caller,      // calls turn() when fd() is readable or deadline() has come
    };
    Drive drive = Drive::own_thread;
};

}  // namespace synod::member
