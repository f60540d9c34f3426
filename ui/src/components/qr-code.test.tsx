import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { QrCode } from "./qr-code";

it("a QR code draws every dark module, dark on light, with four light ones around", () => {
  render(<QrCode rows={["101", "011", "000"]} label="a ticket" />);
  const picture = screen.getByRole("img", { name: "a ticket" });
  expect(picture.getAttribute("viewBox")).toBe("0 0 11 11");
  const [light, dark] = [picture.querySelector("rect"), picture.querySelector("path")];
  expect([light?.getAttribute("fill"), dark?.getAttribute("fill")]).toEqual(["#fff", "#000"]);
  expect(dark?.getAttribute("d")).toBe("M4 4h1v1h-1zM6 4h1v1h-1zM5 5h2v1h-2z");
});
