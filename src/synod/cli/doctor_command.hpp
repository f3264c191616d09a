#pragma once

#include <string>

namespace synod::cli {

struct DoctorOptions {
    std::string configuration = "paxos.conf";
    bool json = false;
};

// synod doctor
int doctor_command(const DoctorOptions& given);

}  // namespace synod::cli
