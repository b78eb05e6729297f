/* Part of the service worker: shows what the office sends, and opens the day. The words come in the phone's language. */
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    // browsers withdraw the permission if nothing is shown
  }
  event.waitUntil(
    self.registration.showNotification(told.title || "Doorstep", {
      body: told.body || "",
      tag: told.id || "doorstep", // told twice, shown once
      icon: "/phone/icon-192.png",
      badge: "/phone/icon-192.png",
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((open) => {
      const page = open.find((one) => new URL(one.url).pathname.startsWith("/phone"));
      return page ? page.focus() : self.clients.openWindow("/phone");
    }),
  );
});
