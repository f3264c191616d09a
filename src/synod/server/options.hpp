#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "synod/net/address.hpp"
#include "synod/node/runtime.hpp"
#include "synod/server/connections.hpp"

namespace synod::server {

struct Options {
    node::RuntimeOptions runtime;
    std::vector<std::uint16_t> sids;   // of all servers; ids of roles are their places, from 1 on
    std::vector<net::Address> listen;  // where clients connect
    std::string log;                   // the file of executed operations; empty: none
    Connections::Limits clients;
    std::uint64_t memory_bytes_max = 0;  // for keys and values; 0: any
};

}  // namespace synod::server
