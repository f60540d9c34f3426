/** Answers with everything that models write into their text. */
export const RICH_ENGLISH = `## Heat pumps in numbers

How well one works is its **coefficient of performance**, heat out for electricity in:

$$\\mathrm{COP} = \\frac{Q_{\\text{heat}}}{W_{\\text{electric}}} \\le \\frac{T_{\\text{hot}}}{T_{\\text{hot}} - T_{\\text{cold}}}$$

With \\(T_{\\text{hot}} = 308\\,\\mathrm{K}\\) that gives:

| outside | bound | usual | heat for 1 kWh |
|:--|--:|--:|--:|
| 10 °C | 12.3 | 4.6 | 4.6 kWh |
| 0 °C | 8.8 | 3.5 | 3.5 kWh |
| −15 °C | 6.2 | 2.3 | 2.3 kWh |

### To work it out

\`\`\`python
def bound(hot_c: float, cold_c: float) -> float:
    """The best that physics allows."""
    hot, cold = hot_c + 273.15, cold_c + 273.15
    return hot / (hot - cold)

print(f"{bound(35, 0):.1f}")  # 8.8
\`\`\`

1. Ask for the *seasonal* figure, often written \`SCOP\`.
2. Check what the radiators need:
   - up to 35 °C: floor heating
   - 55 °C and more: think of new radiators first

> A pump that is too large switches on and off all day, and lasts less long.

- [x] insulation first
- [ ] then the pump

More in [the handbook](https://example.org/heat-pumps), with ![a cross section](https://example.org/section.png) of one.`;

export const RICH_PERSIAN = `## پمپ حرارتی به زبان عدد

این که چقدر خوب کار می‌کند **ضریب عملکرد** آن است، گرمای بیرون‌آمده به برقِ رفته:

$$\\mathrm{COP} = \\frac{Q_{\\text{heat}}}{W_{\\text{electric}}} \\le \\frac{T_{\\text{hot}}}{T_{\\text{hot}} - T_{\\text{cold}}}$$

| بیرون | مرز | معمول |
|:--|--:|--:|
| ۱۰ درجه | ۱۲٫۳ | ۴٫۶ |
| صفر درجه | ۸٫۸ | ۳٫۵ |

### برای حساب کردن

\`\`\`python
def bound(hot_c: float, cold_c: float) -> float:
    hot, cold = hot_c + 273.15, cold_c + 273.15
    return hot / (hot - cold)
\`\`\`

1. عدد *فصلی* را بپرسید که بیشتر \`SCOP\` نوشته می‌شود.
2. ببینید رادیاتورها چه می‌خواهند:
   - تا ۳۵ درجه: گرمایش از کف
   - ۵۵ درجه و بیشتر: نخست رادیاتور نو

> پمپی که زیادی بزرگ است تمام روز روشن و خاموش می‌شود.

- [x] نخست عایق‌کاری
- [ ] سپس پمپ

بیشتر در [کتاب راهنما](https://example.org/heat-pumps).`;
