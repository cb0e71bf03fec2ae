/* Control and status registers (RISC-V privileged architecture, chapter 2), spelled as bare instructions: assemblers
 * differ in whether rv32imc alone has the names for them. */
#ifndef CSR_H
#define CSR_H

#include <stdint.h>

#define CSR_MIE 0x304
#define CSR_MTVEC 0x305
#define CSR_MEPC 0x341
#define CSR_PMPCFG0 0x3a0
#define CSR_PMPADDR0 0x3b0
#define CSR_MINSTRET 0xb02
#define CSR_MINSTRETH 0xb82

#define MIE_TIMER 0x080u    /* MTIE */
#define MIE_EXTERNAL 0x800u /* MEIE */

/* pmpcfg (3.7.1): locked, so that it binds machine mode, too; a power of two of addresses; to be read and executed. */
#define PMP_LOCKED_READ_EXECUTE (0x80u | 0x18u | 0x04u | 0x01u)

/* An I-type immediate is signed. */
#define CSR_IMMEDIATE(csr) ((csr) >= 0x800 ? (csr) - 0x1000 : (csr))

/* csrrs rd, csr, x0 */
#define READ_CSR(csr)                                                                                                \
    __extension__({                                                                                                  \
        uint32_t value_;                                                                                             \
        __asm volatile(".insn i 0x73, 2, %0, x0, %1" : "=r"(value_) : "i"(CSR_IMMEDIATE(csr)) : "memory");          \
        value_;                                                                                                      \
    })

/* csrrw x0, csr, rs1 */
#define WRITE_CSR(csr, value)                                                                                        \
    __asm volatile(".insn i 0x73, 1, x0, %0, %1" : : "r"((uint32_t)(value)), "i"(CSR_IMMEDIATE(csr)) : "memory")

#endif
