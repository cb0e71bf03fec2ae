/* The RP2350's registers that this firmware uses. Section numbers are those of the RP2350 datasheet. */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* Atomic access of peripheral registers (2.1.3): writes of ones set or clear the bits. */
#define SET_BITS(address) REGISTER((address) + 0x2000u)
#define CLEAR_BITS(address) REGISTER((address) + 0x3000u)

/* Resets (7.5.3) */
#define RESETS_RESET 0x40020000u
#define RESETS_RESET_DONE 0x40020008u
#define RESET_BUSCTRL (1u << 1)
#define RESET_IO_BANK0 (1u << 6)
#define RESET_IO_QSPI (1u << 7)
#define RESET_JTAG (1u << 8)
#define RESET_PADS_BANK0 (1u << 9)
#define RESET_PADS_QSPI (1u << 10)
#define RESET_PLL_SYS (1u << 14)
#define RESET_PLL_USB (1u << 15)
#define RESET_SYSCFG (1u << 20)
#define RESET_TIMER (1u << 23) /* TIMER0 */
#define RESET_UART0 (1u << 26)
#define RESET_USBCTRL (1u << 28)
#define RESET_ALL 0x1fffffffu
#define RESET_NEEDED (RESET_BUSCTRL | RESET_IO_QSPI | RESET_PADS_QSPI | RESET_SYSCFG | RESET_JTAG) /* bus, flash, debugger */

/* Power-on state machine (7.4.4): what a watchdog reset takes down */
#define PSM_WDSEL 0x40018008u
#define PSM_ALL_BUT_OSCILLATORS 0x01fffff3u

/* Crystal oscillator (8.2.8) */
#define XOSC_CTRL 0x40048000u
#define XOSC_STATUS 0x40048004u
#define XOSC_STARTUP 0x4004800cu
#define XOSC_CTRL_1_15MHZ 0xaa0u
#define XOSC_CTRL_ENABLE (0xfabu << 12)
#define XOSC_STATUS_STABLE (1u << 31)

/* Phase-locked loops (8.6.5); offsets from the base */
#define PLL_SYS 0x40050000u
#define PLL_USB 0x40058000u
#define PLL_CS 0x0u
#define PLL_PWR 0x4u
#define PLL_FBDIV_INT 0x8u
#define PLL_PRIM 0xcu
#define PLL_CS_LOCK (1u << 31)
#define PLL_PWR_PD (1u << 0)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_PWR_VCOPD (1u << 5)
enum { SYS_FBDIV = 125, SYS_POSTDIV1 = 5, SYS_POSTDIV2 = 2 }; /* 150 MHz of 12 MHz */

/* Clocks (8.1.7) */
#define CLK_REF_CTRL 0x40010030u
#define CLK_REF_DIV 0x40010034u
#define CLK_REF_SELECTED 0x40010038u
#define CLK_SYS_CTRL 0x4001003cu
#define CLK_SYS_DIV 0x40010040u
#define CLK_SYS_SELECTED 0x40010044u
#define CLK_PERI_CTRL 0x40010048u
#define CLK_USB_CTRL 0x40010060u
#define CLK_USB_DIV 0x40010064u
#define CLK_SYS_RESUS_CTRL 0x40010084u
#define CLK_REF_SRC_XOSC 2u
#define CLK_SYS_SRC_AUX 1u /* auxiliary source 0: the system PLL */
#define CLK_ENABLE (1u << 11)
#define CLK_DIV_1 (1u << 16)

/* Tick generators (8.5.2) */
#define TICKS_TIMER0 0x40108018u
#define TICKS_WATCHDOG 0x40108030u
#define TICKS_CTRL 0x0u
#define TICKS_CYCLES 0x4u
#define TICKS_CTRL_ENABLE 1u

/* GPIO functions (9.11.1) and pads (9.11.3); a pad written without ISO is let out of its isolation (9.7) */
#define GPIO_CTRL(n) (0x40028004u + 8u * (n))
#define GPIO_FUNCTION_UART 2u
#define PAD_GPIO(n) (0x40038004u + 4u * (n))
#define PAD_OUTPUT 0x52u          /* IE, 4 mA, Schmitt trigger */
#define PAD_INPUT_PULLED_UP 0x4au /* IE, PUE, Schmitt trigger */

/* UART0, a PL011 (12.1.8). Where it is, board.c says: an emulated machine has one elsewhere. */
#define UART0_BASE 0x40070000u
extern uintptr_t uart_base;
#define UART_DR (uart_base + 0x00u)
#define UART_FR (uart_base + 0x18u)
#define UART_IBRD (uart_base + 0x24u)
#define UART_FBRD (uart_base + 0x28u)
#define UART_LCR_H (uart_base + 0x2cu)
#define UART_CR (uart_base + 0x30u)
#define UART_IFLS (uart_base + 0x34u)
#define UART_IMSC (uart_base + 0x38u)
#define UART_DR_BROKEN (7u << 8) /* framing, parity, break */
#define UART_FR_BUSY (1u << 3)
#define UART_FR_RXFE (1u << 4)
#define UART_FR_TXFF (1u << 5)
#define UART_LCR_H_FIFO_8BIT ((1u << 4) | (3u << 5))
#define UART_CR_ENABLE_TX_RX ((1u << 0) | (1u << 8) | (1u << 9))
#define UART_RX_INTERRUPTS ((1u << 4) | (1u << 6)) /* FIFO level, and 32 bit times of silence */

/* TIMER0 (12.8.5) */
#define TIMER_ALARM0 0x400b0010u
#define TIMER_ALARM1 0x400b0014u
#define TIMER_ARMED 0x400b0020u
#define TIMER_TIMERAWH 0x400b0024u
#define TIMER_TIMERAWL 0x400b0028u
#define TIMER_INTR 0x400b003cu
#define TIMER_INTE 0x400b0040u
#define TIMER_ALARM0_BIT 1u
#define TIMER_ALARM1_BIT 2u

/* Watchdog (12.9.7) */
#define WATCHDOG_CTRL 0x400d8000u
#define WATCHDOG_LOAD 0x400d8004u
#define WATCHDOG_CTRL_ENABLE (1u << 30)
#define WATCHDOG_CTRL_TRIGGER (1u << 31)
#define WATCHDOG_COUNTS_PER_MICROSECOND 1u

/* Cortex-M33 system timer, interrupt controller and system control (3.7.5) */
#define SYST_CSR 0xe000e010u
#define SYST_RVR 0xe000e014u
#define SYST_CVR 0xe000e018u
#define SYST_CSR_CORE_CLOCK_ENABLE ((1u << 0) | (1u << 2))
#define NVIC_ISER(n) (0xe000e100u + 4u * (n))
#define CPUID 0xe000ed00u
#define VTOR 0xe000ed08u
#define AIRCR 0xe000ed0cu
#define AIRCR_SYSTEM_RESET 0x05fa0004u

/* Interrupt numbers (3.2) */
#define IRQ_TIMER_0 0u
#define IRQ_TIMER_1 1u
#define IRQ_USBCTRL 14u
#define IRQ_UART0 33u

/* The bootrom's look-up of functions (5.4.1) */
#define BOOTROM_TABLE_LOOKUP 0x16u
#define BOOTROM_ARM_SECURE 0x0004u
#define BOOTROM_CODE(a, b) ((uint32_t)(a) | ((uint32_t)(b) << 8))

static inline void disable_interrupts(void) { __asm volatile("cpsid i" ::: "memory"); }
static inline void enable_interrupts(void) { __asm volatile("cpsie i" ::: "memory"); }
static inline void enable_interrupt(uint32_t n) { REGISTER(NVIC_ISER(n / 32u)) = 1u << (n % 32u); }

/* Disables them; returns PRIMASK, for restore_interrupts. */
static inline uint32_t hold_interrupts(void) {
    uint32_t primask;
    __asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
    return primask;
}

static inline void restore_interrupts(uint32_t primask) {
    __asm volatile("msr primask, %0" ::"r"(primask) : "memory");
}

/* The 1 MHz that timer and watchdog count, from the crystal (8.5). */
static inline void start_ticks(uint32_t crystal_megahertz) {
    REGISTER(TICKS_TIMER0 + TICKS_CYCLES) = crystal_megahertz;
    REGISTER(TICKS_TIMER0 + TICKS_CTRL) = TICKS_CTRL_ENABLE;
    REGISTER(TICKS_WATCHDOG + TICKS_CYCLES) = crystal_megahertz;
    REGISTER(TICKS_WATCHDOG + TICKS_CTRL) = TICKS_CTRL_ENABLE;
}

#endif
