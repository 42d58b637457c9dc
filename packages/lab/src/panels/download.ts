/** Saves a file from the page. Nothing is sent anywhere. */
export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the file once the click is over; some take it a turn later.
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
