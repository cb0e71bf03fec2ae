/* Division as the compiler calls it (Run-time ABI for the Arm Architecture, 4.3.1), done by the RP2040's divider
 * (2.3.1.5): a tenth of the size of libgcc's, and faster. A quotient is returned in r0, a remainder in r1. */
#include <stdint.h>

#include "chip.h"

uint64_t __aeabi_uidivmod(uint32_t dividend, uint32_t divisor);
uint64_t __aeabi_idivmod(int32_t dividend, int32_t divisor);
uint32_t __aeabi_uidiv(uint32_t dividend, uint32_t divisor);
int32_t __aeabi_idiv(int32_t dividend, int32_t divisor);

/* Interrupts wait, so that their handlers may divide, too. */
static uint64_t divide(uint32_t operands, uint32_t dividend, uint32_t divisor) {
    const uint32_t interrupts = hold_interrupts();
    REGISTER(operands) = dividend;
    REGISTER(operands + 4u) = divisor;
    while ((REGISTER(SIO_DIV_CSR) & SIO_DIV_CSR_READY) == 0u) {
    }
    const uint32_t remainder = REGISTER(SIO_DIV_REMAINDER);
    const uint32_t quotient = REGISTER(SIO_DIV_QUOTIENT); /* reading it ends the operation, so it comes last */
    restore_interrupts(interrupts);
    return ((uint64_t)remainder << 32) | quotient;
}

uint64_t __aeabi_uidivmod(uint32_t dividend, uint32_t divisor) {
    return divide(SIO_DIV_UNSIGNED, dividend, divisor);
}

uint64_t __aeabi_idivmod(int32_t dividend, int32_t divisor) {
    return divide(SIO_DIV_SIGNED, (uint32_t)dividend, (uint32_t)divisor);
}

uint32_t __aeabi_uidiv(uint32_t dividend, uint32_t divisor) {
    return (uint32_t)__aeabi_uidivmod(dividend, divisor);
}

int32_t __aeabi_idiv(int32_t dividend, int32_t divisor) {
    return (int32_t)__aeabi_idivmod(dividend, divisor);
}
